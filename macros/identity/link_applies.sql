{# A condition of a join: the identifier was the customer's at that moment. aliases: stg_shop__customer_aliases as the join names it. #}
{% macro link_applies(identifier, moment, aliases='aliases') -%}
    {{ identifier }} = {{ aliases }}.identifier
    and {{ moment }} >= {{ aliases }}.valid_from
    and {{ moment }} < {{ aliases }}.valid_to
{%- endmacro %}
