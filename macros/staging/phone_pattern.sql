{# Chinese mobile numbers, and international ones written with a plus sign. #}
{% macro phone_pattern() -%}
    (([+]86|0086)?[ -]?1[3-9][0-9]([ -]?[0-9]{4}){2}|[+][0-9]([ ()-]{0,2}[0-9]){7,13})
{%- endmacro %}
