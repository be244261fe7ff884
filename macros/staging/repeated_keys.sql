{# Keys that stand in more than one raw row. Reads the key columns alone, so that only these rows need sorting later. #}
{% macro repeated_keys(table, where='true') -%}
    select {{ row_key(table) }} as row_key
    from {{ ref('input_shop__' ~ table) }}
    where {{ where }}
    group by {{ row_key(table) }}
    having count(*) > 1
{%- endmacro %}
