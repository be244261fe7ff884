{# A positive number raised to a power, at most e to the 700th: Postgres stops at numbers too great for a double. #}
{% macro power_of(base, exponent) -%}
    exp(least(({{ exponent }}) * ln({{ base }}), 700))
{%- endmacro %}
