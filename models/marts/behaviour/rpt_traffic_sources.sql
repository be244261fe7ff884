{%- set counts = [
    'sessions', 'people', 'new_people', 'bounces', 'cart_sessions', 'ordering_sessions', 'paying_sessions', 'page_views', 'orders',
] -%}

with sources as (

    select
        monthly.*,
        period_start as month

    from {{ ref('int_session_counts') }} as monthly

    where dimension = 'source' and medium is not null

),

months as (

    select
        month,
        {{ median('sessions') }} as median_sessions,
        sum(sessions) as all_sessions,
        sum(ordering_sessions) as all_ordering_sessions

    from sources

    where sessions > 0

    group by month

),

-- conversions of a source and its expected conversions at the rate of the month, both times all sessions of the month
compared as (

    select
        sources.*,
        months.median_sessions,
        months.all_sessions,
        months.all_ordering_sessions,
        cast(sources.ordering_sessions as numeric(38, 0)) * months.all_sessions as conversion,
        cast(sources.sessions as numeric(38, 0)) * months.all_ordering_sessions as expected_conversion

    from sources
    left join months on sources.month = months.month

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

final as (

    select
        compared.month,
        compared.dimension_value as source,
        compared.medium,
        cast(sources_pool.pooled_values as integer) as pooled_sources,
        cast(mediums_pool.pooled_values as integer) as pooled_mediums,
        {% for counted in counts -%}
        cast(compared.{{ counted }} as bigint) as {{ counted }},
        {% endfor -%}
        cast(compared.net_amount as numeric(18, 2)) as net_amount,
        cast(compared.spend as numeric(18, 2)) as spend,
        {{ safe_divide('compared.bounces', 'compared.sessions') }} as bounce_rate,
        {{ safe_divide('compared.cart_sessions', 'compared.sessions') }} as cart_rate,
        {{ safe_divide('compared.ordering_sessions', 'compared.sessions') }} as conversion_rate,
        {{ safe_divide('compared.paying_sessions', 'compared.sessions') }} as payment_rate,
        {{ divide_half_up('compared.page_views', 'compared.sessions', 4) }} as pages_per_session,
        {{ average_amount('compared.spend', 'compared.orders') }} as cost_per_order,
        -- the binomial z is squared and multiplied out, so that every warehouse gives the same result
        coalesce(
            compared.sessions >= compared.median_sessions
            and compared.sessions >= rules.minimum_share * compared.all_sessions
            and {{ sells_little(
                'compared.ordering_sessions', 'compared.sessions', 'compared.all_ordering_sessions', 'compared.all_sessions', 'rules.threshold'
            ) }}
            and (compared.expected_conversion - compared.conversion) * (compared.expected_conversion - compared.conversion)
            >= thresholds.source_minimum_z * thresholds.source_minimum_z
            * compared.expected_conversion * (compared.all_sessions - compared.all_ordering_sessions),
            false
        ) as is_high_traffic_low_conversion

    from compared
    cross join {{ ref('report_thresholds') }} as thresholds
    inner join {{ ref('finding_rules') }} as rules on rules.comparison = 'below_shop'
    left join pools as sources_pool on sources_pool.dimension = 'source' and compared.dimension_value = 'other'
    left join pools as mediums_pool on mediums_pool.dimension = 'medium' and compared.medium = 'other'

)

select * from final
