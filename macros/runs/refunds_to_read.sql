{# Queries for the keys of refunds that must be read again for what other tables say: erased customers, their orders, and
   for refunds without an order id whatever decides about the match. #}
{% macro refunds_to_read() -%}
    {%- set further_keys = [erasures('refunds', 'kept.is_erased'), of_redone_orders('refunds', 'matched_order_id')] -%}
    {%- if is_continued() -%}
        {%- do further_keys.append("select row_key from " ~ model_relation('base_shop__refunds') ~ " where order_id is null") -%}
    {%- endif -%}
    {{ return(further_keys) }}
{%- endmacro %}
