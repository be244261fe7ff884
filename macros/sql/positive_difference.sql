{# How much more the first amount is than the second, at least 0; null where one is unknown (greatest() would say 0). #}
{% macro positive_difference(amount, other_amount) -%}
    cast(case
        when {{ amount }} >= {{ other_amount }} then {{ amount }} - {{ other_amount }}
        when {{ amount }} < {{ other_amount }} then 0
    end as numeric(18, 2))
{%- endmacro %}
