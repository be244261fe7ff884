{# Hashes of keys that occur in more than one raw row. It reads only the key columns, and later only these rows are sorted. Hash
   collisions do no harm. #}
{% macro repeated_keys(table, where='true') -%}
    select {{ key_hash(row_key(table)) }} as key_hash
    from {{ ref('input_shop__' ~ table) }}
    where {{ where }}
    group by {{ key_hash(row_key(table)) }}
    having count(*) > 1
{%- endmacro %}
