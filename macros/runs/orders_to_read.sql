{# Queries for the keys of orders that must be read again for what other tables say: erased customers and exchange rates. #}
{% macro orders_to_read() -%}
    {%- set redone_rates = redone('stg_shop__exchange_rates', 'currency_day') -%}
    {%- if is_continued() -%}
    {%- set changed_rates -%}
        select kept.row_key
        from {{ model_relation('base_shop__orders') }} as kept
        inner join {{ redone_rates }} as redone_rates on kept.currency = split_part(redone_rates.redone_key, '|', 1)
        where
            kept.order_date >= cast(split_part(redone_rates.redone_key, '|', 2) as date)
            -- an order of the year 2099 would have every new rate read the whole year
            and coalesce(kept.rejection_reason, 'none') <> 'impossible_time'
    {%- endset -%}
    {{ return([erasures('orders', 'kept.is_erased'), changed_rates]) }}
    {%- endif -%}
    {{ return([erasures('orders')]) }}
{%- endmacro %}
