{%- set pooled_dimensions = {
    'channel': 'orders.channel',
    'acquisition_source': "coalesce(customers.acquisition_source, 'unknown')",
    'city_tier': "coalesce(customers.city_tier, 'unknown')",
} -%}
{%- set dimensions = pooled_dimensions | list + ['customer_type'] -%}

with orders as (

    select
        cast(date_trunc('month', orders.order_date) as date) as month,
        orders.customer_id,
        orders.net_amount,
        orders.goods_amount,
        orders.refunded_amount,
        orders.margin_amount,
        case when orders.is_first_order then 1 else 0 end as new_customers,
        case when orders.customer_id is not null then orders.net_amount else 0 end as customers_net_amount,
        -- a rate covers only orders with a known numerator and denominator
        case when orders.gross_amount is not null then orders.discount_amount end as discount_amount,
        case when orders.discount_amount is not null then orders.gross_amount end as discountable_amount,
        case when orders.margin_amount is not null then orders.net_amount end as costed_net_amount,
        {% for dimension, value in pooled_dimensions.items() -%}
        case when {{ dimension }}_pool.dimension is null then {{ value }} else 'other' end as {{ dimension }},
        {% endfor -%}
        case when orders.customer_id is null then 'guest' when orders.is_first_order then 'new' else 'returning' end as customer_type

    from {{ ref('int_orders') }} as orders
    left join {{ ref('int_customers_resolved') }} as customers on orders.customer_id = customers.customer_id
    {% for dimension, value in pooled_dimensions.items() -%}
    left join {{ ref('int_pooled_values') }} as {{ dimension }}_pool
        on {{ dimension }}_pool.dimension = '{{ dimension }}' and {{ value }} = {{ dimension }}_pool.dimension_value
    {% endfor %}

    where orders.is_valid

),

sales as (

    select
        month,
        {{ dimension_columns(dimensions) }},
        count(*) as orders,
        count(distinct customer_id) as customers,
        {% for summed in [
            'new_customers', 'net_amount', 'customers_net_amount', 'goods_amount', 'refunded_amount', 'discount_amount',
            'discountable_amount', 'margin_amount',
        ] -%}
        sum({{ summed }}) as {{ summed }},
        {% endfor -%}
        sum(costed_net_amount) as costed_net_amount

    from orders

    group by {{ dimension_groups('month', dimensions) }} -- noqa: PRS

),

-- every order gets the same number of days for a refund or complaint
windows as (

    select
        max(case when metric = 'return_rate' then maturity_days end) as return_days,
        max(case when metric = 'complaint_rate' then maturity_days end) as complaint_days

    from {{ ref('metrics') }}

),

order_categories as (

    select
        outcomes.order_id,
        cast(date_trunc('month', outcomes.order_date) as date) as month,
        outcomes.category,
        case
            when {{ dbt.datediff('outcomes.order_date', 'outcomes.refunded_date', 'day') }} <= windows.return_days then 1 else 0
        end as is_refunded,
        case
            when {{ dbt.datediff('outcomes.order_date', 'outcomes.complained_date', 'day') }} <= windows.complaint_days then 1 else 0
        end as is_complained

    from {{ ref('int_order_category_outcomes') }} as outcomes
    cross join windows

),

order_outcomes as (

    select
        month,
        'category' as dimension,
        category as dimension_value,
        is_refunded,
        is_complained

    from order_categories

    union all

    select
        month,
        'all' as dimension,
        'all' as dimension_value,
        max(is_refunded) as is_refunded,
        max(is_complained) as is_complained

    from order_categories

    group by month, order_id

),

outcomes as (

    select
        month,
        dimension,
        dimension_value,
        count(*) as orders_with_lines,
        sum(is_refunded) as refunded_orders,
        sum(is_complained) as complained_orders

    from order_outcomes

    group by month, dimension, dimension_value

),

final as (

    {{ metric_values(
        'sales',
        ['net_amount', 'orders', 'customers', 'new_customers', 'customers_net_amount', 'discount_amount', 'refunded_amount', 'margin_amount'],
        ['orders', 'customers', 'discountable_amount', 'goods_amount', 'costed_net_amount'],
    ) }}

    union all

    {{ metric_values('outcomes', ['refunded_orders', 'complained_orders'], ['orders_with_lines']) }}

)

select * from final
