{# A fraction from 0 to 1, null where there is nothing to divide by. #}
{% macro safe_divide(numerator, denominator) -%}
    cast({{ divide_half_up(numerator, denominator, 6) }} as numeric(18, 6))
{%- endmacro %}
