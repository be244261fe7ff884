{%- set pooled_dimensions = {
    'channel': 'orders.channel',
    'acquisition_source': "coalesce(customers.acquisition_source, 'unknown')",
    'city_tier': "coalesce(customers.city_tier, 'unknown')",
} -%}
{%- set outcomes = ['orders_with_lines', 'refunded_orders', 'complained_orders'] -%}
{%- set sums = [
    'new_customers', 'customers_net_amount', 'goods_amount', 'refunded_amount', 'discount_amount', 'discountable_amount', 'margin_amount',
    'costed_net_amount',
] -%}

-- every order gets the same number of days for a refund or complaint
with category_outcomes as (

    select
        outcomes.order_id,
        outcomes.category,
        outcomes.net_amount,
        1 as orders_with_lines,
        case
            when {{ dbt.datediff('outcomes.order_date', 'outcomes.refunded_date', 'day') }} <= return_rate.maturity_days then 1 else 0
        end as refunded_orders,
        case
            when {{ dbt.datediff('outcomes.order_date', 'outcomes.complained_date', 'day') }} <= complaint_rate.maturity_days then 1 else 0
        end as complained_orders

    from {{ ref('int_order_category_outcomes') }} as outcomes
    left join {{ ref('metrics') }} as return_rate on return_rate.metric = 'return_rate'
    left join {{ ref('metrics') }} as complaint_rate on complaint_rate.metric = 'complaint_rate'

),

order_outcomes as (

    select
        order_id,
        {% for outcome in outcomes -%}
        max({{ outcome }}) as {{ outcome }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from category_outcomes

    group by order_id

),

orders as (

    select
        orders.order_id,
        orders.order_date,
        orders.customer_id,
        orders.previous_order_date as previous_date,
        -- the only order before the second one is that of a new customer
        case when orders.order_number > 2 then orders.previous_order_date end as returning_previous_date,
        orders.net_amount,
        orders.goods_amount,
        orders.refunded_amount,
        orders.margin_amount,
        {% for outcome in outcomes -%}
        coalesce(order_outcomes.{{ outcome }}, 0) as {{ outcome }},
        {% endfor -%}
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
    left join order_outcomes on orders.order_id = order_outcomes.order_id
    left join {{ ref('int_customers_resolved') }} as customers on orders.customer_id = customers.customer_id
    {% for dimension, value in pooled_dimensions.items() -%}
    left join {{ ref('int_pooled_values') }} as {{ dimension }}_pool
        on {{ dimension }}_pool.dimension = '{{ dimension }}' and {{ value }} = {{ dimension }}_pool.dimension_value
    {% endfor %}

    where orders.is_valid

),

-- each dimension needs the previous order of the customer with the same value
ordered as (

    select
        orders.*,
        case when customer_id is not null then lag(order_date) over (partition by customer_id, channel order by order_date) end as channel_previous_date

    from orders

),

-- an order without lines has the category unknown, so that categories add up to the shop's net sales
ordered_categories as (

    select
        orders.order_date,
        orders.customer_id,
        coalesce(category_outcomes.category, 'unknown') as category,
        coalesce(category_outcomes.net_amount, orders.net_amount) as net_amount,
        {% for outcome in outcomes -%}
        category_outcomes.{{ outcome }},
        {% endfor -%}
        case
            when orders.customer_id is not null then lag(orders.order_date) over (
                partition by orders.customer_id, coalesce(category_outcomes.category, 'unknown') order by orders.order_date
            )
        end as previous_date

    from orders
    left join category_outcomes on orders.order_id = category_outcomes.order_id

),

days as (

    select
        order_date,
        {{ dimension_columns(['channel', 'customer_type', 'acquisition_source', 'city_tier']) }},
        coalesce(previous_date, channel_previous_date, returning_previous_date) as previous_date,
        count(*) as orders,
        count(customer_id) as customer_orders,
        {% for summed in ['net_amount'] + outcomes + sums -%}
        sum({{ summed }}) as {{ summed }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from ordered

    group by grouping sets ( -- noqa: PRS
        (order_date, previous_date),
        (order_date, channel, channel_previous_date),
        (order_date, customer_type, returning_previous_date),
        (order_date, acquisition_source, previous_date),
        (order_date, city_tier, previous_date)
    )

),

final as (

    select * from days

    union all

    select
        order_date,
        'category' as dimension,
        category as dimension_value,
        previous_date,
        count(*) as orders,
        count(customer_id) as customer_orders,
        {% for summed in ['net_amount'] + outcomes -%}
        sum({{ summed }}) as {{ summed }},
        {% endfor -%}
        {% for summed in sums -%}
        null as {{ summed }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from ordered_categories

    group by order_date, category, previous_date

)

select * from final
