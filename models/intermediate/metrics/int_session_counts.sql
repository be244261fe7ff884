{%- set dimensions = ['channel', 'device', 'source'] -%}
{%- set pooled_dimensions = dimensions + ['medium'] -%}
{%- set measures = [
    'new_people', 'session_seconds', 'bounces', 'cart_sessions', 'ordering_sessions', 'paying_sessions', 'page_views', 'placed_orders', 'orders',
    'net_amount', 'carts', 'abandoned_carts', 'checkouts', 'abandoned_checkouts', 'payments_succeeded',
] -%}

with carts as (

    select * from {{ ref('int_carts') }}

    where is_mature

),

sessions as (

    select
        sessions.session_date,
        cast(date_trunc('month', sessions.session_date) as date) as month,
        {% for dimension in pooled_dimensions -%}
        case when {{ dimension }}_pool.dimension is null then sessions.{{ dimension }} else 'other' end as {{ dimension }},
        {% endfor -%}
        sessions.person_id,
        sessions.page_views,
        sessions.placed_orders,
        sessions.orders,
        sessions.net_amount,
        sessions.duration_seconds as session_seconds,
        case when sessions.is_new_visitor then 1 else 0 end as new_people,
        case when sessions.is_bounce then 1 else 0 end as bounces,
        case when sessions.cart_adds > 0 then 1 else 0 end as cart_sessions,
        case when sessions.has_placed_order then 1 else 0 end as ordering_sessions,
        case when sessions.has_paid then 1 else 0 end as paying_sessions,
        case when sessions.has_placed_order and sessions.has_paid then 1 else 0 end as payments_succeeded,
        case when carts.session_id is not null then 1 else 0 end as carts,
        case when carts.is_abandoned then 1 else 0 end as abandoned_carts,
        case when carts.is_abandoned then carts.cart_amount end as abandoned_amount,
        case when checkouts.session_id is not null then 1 else 0 end as checkouts,
        case when checkouts.is_abandoned then 1 else 0 end as abandoned_checkouts

    from {{ ref('int_sessions') }} as sessions
    left join carts on sessions.session_id = carts.session_id and carts.kind = 'cart'
    left join carts as checkouts on sessions.session_id = checkouts.session_id and checkouts.kind = 'checkout'
    {% for dimension in pooled_dimensions -%}
    left join {{ ref('int_pooled_values') }} as {{ dimension }}_pool
        on {{ dimension }}_pool.dimension = '{{ dimension }}' and sessions.{{ dimension }}_key = {{ dimension }}_pool.value_key
    {% endfor %}
),

counted as (

    select
        case when grouping(month) = 0 then 'month' else 'day' end as period_kind,
        coalesce(month, session_date) as period_start,
        {{ dimension_columns(dimensions) }},
        medium,
        count(*) as sessions,
        count(distinct person_id) as people,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        sum(abandoned_amount) as abandoned_amount

    from sessions

    group by grouping sets ( -- noqa: PRS
        (session_date), (session_date, channel), (month), (month, channel), (month, device), (month, source), (month, source, medium)
    )

),

costs as (

    select
        cast(date_trunc('month', ad_spend.spend_date) as date) as month,
        case when source_pool.dimension is null then ad_spend.source else 'other' end as source,
        case when medium_pool.dimension is null then coalesce(ad_spend.medium, 'unknown') else 'other' end as medium,
        ad_spend.cost_amount

    from {{ ref('stg_shop__ad_spend') }} as ad_spend
    cross join {{ ref('int_as_of') }} as as_of
    left join {{ ref('int_pooled_values') }} as source_pool
        on source_pool.dimension = 'source' and ad_spend.source = source_pool.dimension_value
    left join {{ ref('int_pooled_values') }} as medium_pool
        on medium_pool.dimension = 'medium' and coalesce(ad_spend.medium, 'unknown') = medium_pool.dimension_value

    where ad_spend.spend_date <= as_of.as_of_date

),

spend as (

    select
        month,
        source,
        medium,
        sum(cost_amount) as spend

    from costs

    group by month, source, medium

),

-- spend on a source without sessions also gets a row
joined as (

    select
        coalesce(counted.period_kind, 'month') as period_kind,
        coalesce(counted.period_start, spend.month) as period_start,
        coalesce(counted.dimension, 'source') as dimension,
        coalesce(counted.dimension_value, spend.source) as dimension_value,
        coalesce(counted.medium, spend.medium) as medium,
        {% for measure in ['sessions', 'people'] + measures -%}
        coalesce(counted.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        counted.abandoned_amount,
        spend.spend

    from counted
    full outer join spend
        on
            counted.period_start = spend.month
            and counted.dimension = 'source'
            and counted.dimension_value = spend.source
            and counted.medium = spend.medium

),

sources as (

    select
        period_start,
        dimension,
        dimension_value,
        sum(sessions) as sessions,
        max(spend) > 0 as is_paid

    from joined

    where dimension = 'source' and medium is not null

    group by period_start, dimension, dimension_value

),

medians as (

    select
        period_start,
        {{ median('sessions') }} as median_sessions

    from sources

    group by period_start

),

final as (

    select
        joined.*,
        coalesce(sources.is_paid and sources.sessions > medians.median_sessions, false) as is_large_paid_source

    from joined
    left join medians on joined.period_start = medians.period_start
    left join sources
        on
            joined.period_start = sources.period_start
            and joined.dimension = sources.dimension
            and joined.dimension_value = sources.dimension_value

)

select * from final
