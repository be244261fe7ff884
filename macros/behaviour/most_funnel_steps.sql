{# How many steps the longest funnel has: no model carries columns for more until the mart, whose columns are always ten. #}
{% macro most_funnel_steps() -%}
    {{ return(funnels() | map(attribute='steps') | map('length') | max) }}
{%- endmacro %}
