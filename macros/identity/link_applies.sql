{# Join condition: the identifier belongs to the customer at the given time. identity_map: name of stg_shop__identity_map in the join. #}
{% macro link_applies(identifier, happened_at, identity_map='identity_map') -%}
    {{ identifier }} = {{ identity_map }}.identifier
    and {{ happened_at }} >= {{ identity_map }}.valid_from
    and {{ happened_at }} < {{ identity_map }}.valid_to
{%- endmacro %}
