{# A plain decimal with sign and point: no exponent, no thousands separator. #}
{% macro decimal_pattern(most_digits) -%}
    [+-]?(0*[0-9]{1,{{ most_digits }}}([.][0-9]*)?|[.][0-9]+)
{%- endmacro %}
