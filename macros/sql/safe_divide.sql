{# Ratio with six decimal places; null if the denominator is 0. #}
{% macro safe_divide(numerator, denominator) -%}
    cast({{ divide_half_up(numerator, denominator, 6) }} as numeric(18, 6))
{%- endmacro %}
