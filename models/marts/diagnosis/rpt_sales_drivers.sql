{%- set period_keys = 'period_days.period_kind, period_days.period_start, period_days.period_end, period_days.comparison' -%}
{%- set keys = 'period_kind, period_start, period_end, dimension, dimension_value' -%}
{#- driver: its factor of net sales, the two other factors, numerator and denominator of its value -#}
{%- set drivers = {
    'customers': ('customers', 'frequency', 'amount', 'customers', none),
    'orders_per_customer': ('frequency', 'customers', 'amount', 'orders', 'customers'),
    'amount_per_order': ('amount', 'customers', 'frequency', 'net_amount', 'orders'),
} -%}

-- months, and the rolling periods that end on as_of_date, with the first day of the period before each compared one
with period_days as (

    select
        period_days.*,
        cast(case
            when period_days.period_kind = 'month' then period_days.first_day - interval '1' month
            else {{ dbt.dateadd(
                'day', '-1 - ' ~ dbt.datediff('period_days.period_start', 'period_days.period_end', 'day'), 'period_days.first_day'
            ) }}
        end as date) as first_day_before

    from {{ ref('int_period_days') }} as period_days
    cross join {{ ref('int_as_of') }} as as_of

    where
        period_days.is_covered_by_orders
        and period_days.period_kind not in ('day', 'week')
        and (period_days.period_kind = 'month' or period_days.period_end = as_of.as_of_date)

),

-- a guest order is one customer
customers as (

    select
        {{ period_keys }},
        case
            when orders.customer_id is null then 'guest'
            when max(case when orders.is_first_order then 1 else 0 end) = 1 then 'new'
            when min(orders.previous_order_date) >= period_days.first_day_before then 'retained'
            else 'returned'
        end as customer_group,
        case when orders.customer_id is null then count(*) else 1 end as customers,
        count(*) as orders,
        sum(orders.net_amount) as net_amount

    from period_days
    inner join {{ ref('int_orders') }} as orders on period_days.day = orders.order_date

    where orders.is_valid

    group by {{ period_keys }}, period_days.first_day_before, orders.customer_id

),

sales as (

    select
        period_kind,
        period_start,
        period_end,
        comparison,
        'customer_group' as dimension,
        customer_group as dimension_value,
        sum(customers) as customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount

    from customers

    group by period_kind, period_start, period_end, comparison, customer_group

    union all

    select
        {{ period_keys }},
        order_days.dimension,
        order_days.dimension_value,
        sum(
            order_days.orders
            - case when order_days.previous_date >= period_days.first_day then order_days.customer_orders else 0 end
        ) as customers,
        sum(order_days.orders) as orders,
        sum(order_days.net_amount) as net_amount

    from period_days
    inner join {{ ref('int_order_days') }} as order_days on period_days.day = order_days.order_date

    where order_days.dimension in ('all', 'channel', 'category')

    group by {{ period_keys }}, order_days.dimension, order_days.dimension_value

),

pairs as (

    {% for other in ['previous', 'year_ago'] -%}
    select
        {{ keys }},
        '{{ other }}' as comparison,
        {% for measure in ['customers', 'orders', 'net_amount'] -%}
        sum(case when comparison = 'current' then {{ measure }} else 0 end) as {{ measure }},
        sum(case when comparison = '{{ other }}' then {{ measure }} else 0 end) as other_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from sales

    group by {{ keys }}

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- a value without customers in one period has the averages of the other one there, so its change is all due to customers
factors as (

    select
        pairs.*,
        {% for factor, ratio in {'frequency': ('orders', 'customers'), 'amount': ('net_amount', 'orders')}.items() -%}
        {% for prefix, other in [('', 'other_'), ('other_', '')] -%}
        coalesce(
            cast({{ prefix }}{{ ratio[0] }} as {{ type_double() }}) / nullif({{ prefix }}{{ ratio[1] }}, 0),
            cast({{ other }}{{ ratio[0] }} as {{ type_double() }}) / nullif({{ other }}{{ ratio[1] }}, 0)
        ) as {{ prefix }}{{ factor }},
        {% endfor -%}
        {% endfor -%}
        -- there is no change if the shop had no order in the other period
        max(other_orders) over (partition by period_kind, period_start, comparison) > 0 as is_known

    from pairs

),

-- Shapley values of net sales = customers x orders per customer x amount per order
effects as (

    {% for driver, (first, second, third, numerator, denominator) in drivers.items() -%}
    select
        {{ keys }},
        comparison,
        '{{ driver }}' as driver,
        {{ loop.index }} as driver_position,
        {{ numerator }} as numerator,
        {{ denominator or 1 }} as denominator,
        other_{{ numerator }} as other_numerator,
        {{ 'other_' ~ denominator if denominator else 1 }} as other_denominator,
        net_amount - other_net_amount as net_change,
        -- 0 for a value that has customers in neither period
        case when is_known then coalesce({{ to_cents(
            'cast((%s - other_%s) * (2 * other_%s * other_%s + other_%s * %s + %s * other_%s + 2 * %s * %s) / 6 as numeric(24, 4))'
            % (first, first, second, third, second, third, second, third, second, third)
        ) }}, 0) end as effect

    from factors

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- the largest effect takes the rounding
rounded as (

    select
        effects.*,
        effect + case
            when row_number() over (partition by {{ keys }}, comparison order by abs(effect) desc, driver_position) = 1
                then net_change - sum(effect) over (partition by {{ keys }}, comparison)
            else 0
        end as effect_amount

    from effects

),

drivers as (

    select
        {{ keys }},
        driver,
        cast(max({{ divide_half_up('numerator', 'denominator', 6) }}) as numeric(24, 6)) as value,
        cast(max(numerator) as numeric(24, 2)) as numerator,
        cast(max(denominator) as numeric(24, 2)) as denominator,
        {% for other, change in {'previous': 'change_amount', 'year_ago': 'yoy_change_amount'}.items() -%}
        cast(max(
            case when comparison = '{{ other }}' then {{ divide_half_up('other_numerator', 'other_denominator', 6) }} end
        ) as numeric(24, 6)) as {{ other }}_value,
        cast(max(case when comparison = '{{ other }}' then effect_amount end) as numeric(18, 2)) as {{ change }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from rounded

    group by {{ keys }}, driver

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

final as (

    select
        {% for column in ['period_kind', 'dimension', 'dimension_value', 'driver'] -%}
        drivers.{{ column }},
        coalesce({{ column }}_labels.label_en, drivers.{{ column }}) as {{ column }}_en,
        coalesce({{ column }}_labels.label_zh, drivers.{{ column }}) as {{ column }}_zh,
        {% endfor -%}
        drivers.period_start,
        drivers.period_end,
        cast(pools.pooled_values as integer) as pooled_values,
        drivers.value,
        drivers.numerator,
        case when drivers.driver <> 'customers' then drivers.denominator end as denominator,
        drivers.previous_value,
        drivers.year_ago_value,
        drivers.change_amount,
        drivers.yoy_change_amount

    from drivers
    left join pools on drivers.dimension = pools.dimension and drivers.dimension_value = 'other'
    {% for column, code_type in {
        'period_kind': "'period_kind'", 'dimension': "'dimension'", 'driver': "'sales_driver'",
        'dimension_value': "case when pools.dimension is null then drivers.dimension else 'pool' end",
    }.items() -%}
    left join {{ ref('labels') }} as {{ column }}_labels
        on {{ column }}_labels.code_type = {{ code_type }} and drivers.{{ column }} = {{ column }}_labels.code
    {% endfor %}
)

select * from final
