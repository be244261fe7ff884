{% macro sells_little(ordering_sessions, sessions, shop_ordering_sessions, shop_sessions, threshold) -%}
    ({{ shop_ordering_sessions }} > 0
    and {{ ordering_sessions }} * {{ shop_sessions }} <= (1 - {{ threshold }}) * {{ shop_ordering_sessions }} * {{ sessions }})
{%- endmacro %}
