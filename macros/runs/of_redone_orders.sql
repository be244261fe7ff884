{# A query for the keys of lines or refunds of orders that were added or changed: their fate depends on the order's. #}
{% macro of_redone_orders(table, order_id='order_id') -%}
    {%- set redone_orders = redone('base_shop__orders', 'order_id') -%}
    {%- if is_continued() -%}
    select kept.row_key
    from {{ model_relation('base_shop__' ~ table) }} as kept
    inner join {{ redone_orders }} as redone_orders on kept.{{ order_id }} = redone_orders.redone_key
    {%- endif -%}
{%- endmacro %}
