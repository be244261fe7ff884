{# The text of all macros of this project, in the order of their names. #}
{% macro macro_texts() -%}
    {%- set texts = {} -%}
    {%- for name, value in context.items() if value.macro is defined and value.macro.package_name == 'customer_analytics' -%}
        {%- do texts.update({name: value.macro.macro_sql}) -%}
    {%- endfor -%}
    {{ return(tojson(texts, sort_keys=true)) }}
{%- endmacro %}
