{# A text with its placeholders, such as {step}, replaced by values: SQL of texts by placeholder. #}
{% macro fill_text(text, values) -%}
    {{ 'replace(' * (values | length) }}{{ text }}
    {%- for name, value in values.items() -%}
        , '{ {{- name -}} }', {{ value }})
    {%- endfor -%}
{%- endmacro %}
