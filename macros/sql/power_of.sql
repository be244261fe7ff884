{# Positive number raised to a power, limited to e^-700 to e^700: Postgres raises an error if a double overflows or
   underflows. #}
{% macro power_of(base, exponent) -%}
    exp(greatest(least(({{ exponent }}) * ln({{ base }}), 700), -700))
{%- endmacro %}
