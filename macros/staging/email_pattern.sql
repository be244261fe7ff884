{% macro email_pattern() -%}
    [^ ,;:<>"@]+@[^ ,;:<>"@]+
{%- endmacro %}
