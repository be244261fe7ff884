{# A fraction from 0 to 1, null where there is nothing to divide by. #}
{% macro share(numerator, denominator) -%}
    cast({{ exact_ratio(numerator, denominator, 6) }} as numeric(18, 6))
{%- endmacro %}
