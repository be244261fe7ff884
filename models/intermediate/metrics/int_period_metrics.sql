{%- set summed = [
    'orders', 'net_amount', 'new_customers', 'customers_net_amount', 'goods_amount', 'refunded_amount', 'discount_amount',
    'discountable_amount', 'margin_amount', 'costed_net_amount', 'orders_with_lines', 'refunded_orders', 'complained_orders',
] -%}
{%- set session_measures = [
    'sessions', 'bounces', 'cart_sessions', 'ordering_sessions', 'abandoned_carts', 'abandoned_checkouts', 'payments_succeeded',
    'session_seconds',
] -%}
{%- set keys = 'period_days.period_kind, period_days.period_start, period_days.period_end, period_days.comparison' -%}

with period_days as (

    select * from {{ ref('int_period_days') }}

),

order_days as (

    select * from {{ ref('int_order_days') }}

),

days as (

    select
        order_date,
        dimension,
        dimension_value,
        {% for measure in summed -%}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from order_days

    group by order_date, dimension, dimension_value

),

sums as (

    select
        {{ keys }},
        days.dimension,
        days.dimension_value,
        {% for measure in summed -%}
        sum(days.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from period_days
    inner join days on period_days.day = days.order_date

    where period_days.is_covered_by_orders and (period_days.has_all_dimensions or days.dimension in ('all', 'channel'))

    group by {{ keys }}, days.dimension, days.dimension_value

),

-- a customer counts once per period: on the order whose previous one lies before it
customers as (

    select
        {{ keys }},
        order_days.dimension,
        order_days.dimension_value,
        sum(order_days.customer_orders) as customers

    from period_days
    inner join order_days on period_days.day = order_days.order_date

    where
        period_days.is_covered_by_orders
        and (period_days.has_all_dimensions or order_days.dimension in ('all', 'channel'))
        and coalesce(order_days.previous_date < period_days.first_day, true)

    group by {{ keys }}, order_days.dimension, order_days.dimension_value

),

measures as (

    select
        sums.*,
        coalesce(customers.customers, 0) as customers

    from sums
    left join customers
        on
            sums.period_kind = customers.period_kind
            and sums.period_start = customers.period_start
            and sums.comparison = customers.comparison
            and sums.dimension = customers.dimension
            and sums.dimension_value = customers.dimension_value

),

sessions as (

    select
        {{ keys }},
        counts.dimension,
        counts.dimension_value,
        {% for measure in session_measures + ['carts', 'checkouts'] -%}
        sum(counts.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from period_days
    inner join {{ ref('int_session_counts') }} as counts on period_days.day = counts.period_start and counts.period_kind = 'day'

    where period_days.is_covered_by_sessions

    group by {{ keys }}, counts.dimension, counts.dimension_value

),

measured as (

    {{ metric_values(
        'measures',
        [
            'net_amount', 'orders', 'customers', 'new_customers', 'customers_net_amount', 'discount_amount', 'refunded_amount', 'margin_amount',
            'refunded_orders', 'complained_orders',
        ],
        ['orders', 'customers', 'discountable_amount', 'goods_amount', 'costed_net_amount', 'orders_with_lines'],
    ) }}

    union all

    {{ metric_values('sessions', session_measures, ['sessions', 'carts', 'checkouts', 'ordering_sessions']) }}

),

final as (

    select * from measured

    where numerator is not null

)

select * from final
