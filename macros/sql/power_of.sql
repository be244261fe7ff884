{# A positive number raised to a power, from e to the -700th to e to the 700th: Postgres stops at numbers too great or too
   small for a double. #}
{% macro power_of(base, exponent) -%}
    exp(greatest(least(({{ exponent }}) * ln({{ base }}), 700), -700))
{%- endmacro %}
