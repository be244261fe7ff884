{# Join condition: the identifier belongs to the customer at the given time. aliases: name of stg_shop__customer_aliases in the join. #}
{% macro link_applies(identifier, moment, aliases='aliases') -%}
    {{ identifier }} = {{ aliases }}.identifier
    and {{ moment }} >= {{ aliases }}.valid_from
    and {{ moment }} < {{ aliases }}.valid_to
{%- endmacro %}
