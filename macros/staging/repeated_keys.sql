{# Hashes of the keys that stand in more than one raw row. Reads the key columns alone, so that only these rows need sorting
   later; two keys with one hash do no harm. #}
{% macro repeated_keys(table, where='true') -%}
    select {{ key_hash(row_key(table)) }} as key_hash
    from {{ ref('input_shop__' ~ table) }}
    where {{ where }}
    group by {{ key_hash(row_key(table)) }}
    having count(*) > 1
{%- endmacro %}
