{%- set dimensions = ['channel', 'customer_type', 'acquisition_source', 'city_tier'] -%}

with orders as (

    select
        cast(date_trunc('month', orders.order_date) as date) as month,
        orders.customer_id,
        orders.is_first_order,
        orders.net_amount,
        orders.goods_amount,
        orders.refunded_amount,
        orders.gross_amount,
        orders.margin_amount,
        case when orders.gross_amount is not null then orders.discount_amount end as discount_amount,
        case when orders.discount_amount is not null then orders.gross_amount end as discountable_amount,
        case when orders.margin_amount is not null then orders.net_amount end as costed_net_amount,
        orders.channel,
        case when orders.customer_id is null then 'guest' when orders.is_first_order then 'new' else 'returning' end as customer_type,
        coalesce(customers.acquisition_source, 'unknown') as acquisition_source,
        coalesce(customers.city_tier, 'unknown') as city_tier

    from {{ ref('fct_orders') }} as orders
    left join {{ ref('int_customers_resolved') }} as customers on orders.customer_id = customers.customer_id

    where orders.is_valid

),

final as (

    select
        month,
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        coalesce({{ dimensions | join(', ') }}, 'all') as dimension_value,
        count(*) as orders,
        count(distinct customer_id) as customers,
        sum(case when is_first_order then 1 else 0 end) as new_customers,
        sum(net_amount) as net_amount,
        sum(case when customer_id is not null then net_amount else 0 end) as customers_net_amount,
        sum(goods_amount) as goods_amount,
        sum(refunded_amount) as refunded_amount,
        sum(discount_amount) as discount_amount,
        sum(discountable_amount) as discountable_amount,
        sum(margin_amount) as margin_amount,
        sum(costed_net_amount) as costed_net_amount

    from orders

    group by grouping sets ( -- noqa: PRS
        (month),
        {% for dimension in dimensions -%}
        (month, {{ dimension }}){{ ',' if not loop.last }}
        {% endfor -%}
    )

)

select * from final
