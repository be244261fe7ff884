{% macro fill_text(text, values) -%}
    {{ 'replace(' * (values | length) }}{{ text }}
    {%- for name, value in values.items() -%}
        , '{ {{- name -}} }', {{ value }})
    {%- endfor -%}
{%- endmacro %}
