with customers as (

    select
        customer_id,
        coalesce(acquisition_source, 'unknown') as acquisition_source,
        coalesce(city_tier, 'unknown') as city_tier

    from {{ ref('int_customers_resolved') }}

),

orders as (

    select
        orders.channel,
        coalesce(customers.acquisition_source, 'unknown') as acquisition_source,
        coalesce(customers.city_tier, 'unknown') as city_tier

    from {{ ref('int_orders') }} as orders
    left join customers on orders.customer_id = customers.customer_id

    where orders.is_valid

),

categories as (

    select
        category,
        count(distinct order_id) as orders

    from {{ ref('int_order_items_valued') }}

    where is_valid

    group by category

),

counted as (

    {% for dimension in ['channel', 'acquisition_source', 'city_tier'] -%}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        cast(null as integer) as value_key,
        count(*) as orders

    from orders

    group by {{ dimension }}

    union all

    {% endfor -%}

    {% for dimension in ['category', 'first_category'] -%}
    select
        '{{ dimension }}' as dimension,
        category as dimension_value,
        cast(null as integer) as value_key,
        orders

    from categories

    union all

    {% endfor -%}

    {% for dimension in ['channel', 'device', 'source', 'medium'] -%}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value,
        {{ dimension }}_key as value_key,
        sum(orders) as orders

    from {{ ref('int_sessions') }}

    group by {{ dimension }}, {{ dimension }}_key

    union all

    {% endfor -%}

    -- values without an order
    {% for dimension, relation in {
        'acquisition_source': 'customers', 'city_tier': 'customers', 'source': ref('stg_shop__ad_spend'), 'medium': ref('stg_shop__ad_spend'),
    }.items() -%}
    select
        '{{ dimension }}' as dimension,
        coalesce({{ dimension }}, 'unknown') as dimension_value,
        cast(null as integer) as value_key,
        0 as orders

    from {{ relation }}

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- an order has a channel, and so has its session: the greater number counts
dimension_values as (

    select
        dimension,
        dimension_value,
        max(value_key) as value_key,
        max(orders) as orders

    from counted

    group by dimension, dimension_value

),

-- a value called other would be confused with the pool, so it is always part of it
ranked as (

    select
        dimension_values.*,
        row_number() over (
            partition by dimension
            order by case when dimension_value = 'other' then 1 else 0 end, orders desc, {{ binary_collation('dimension_value') }}
        ) as value_rank,
        count(*) over (partition by dimension) as all_values

    from dimension_values

),

final as (

    select
        ranked.dimension,
        ranked.dimension_value,
        ranked.value_key,
        ranked.all_values - thresholds.breakdown_values as pooled_values

    from ranked
    cross join {{ ref('report_thresholds') }} as thresholds

    where ranked.value_rank > thresholds.breakdown_values

)

select * from final
