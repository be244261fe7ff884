with sessions as (

    select * from {{ ref('int_traffic_source_sessions') }}

),

spend as (

    select
        cast(date_trunc('month', ad_spend.spend_date) as date) as month,
        ad_spend.source,
        coalesce(ad_spend.medium, 'unknown') as medium,
        sum(ad_spend.cost_amount) as spend

    from {{ ref('stg_shop__ad_spend') }} as ad_spend
    cross join {{ ref('int_as_of') }} as as_of

    where ad_spend.spend_date <= as_of.as_of_date

    group by cast(date_trunc('month', ad_spend.spend_date) as date), ad_spend.source, coalesce(ad_spend.medium, 'unknown')

),

months as (

    select
        month,
        {{ median('sessions') }} as median_sessions,
        sum(sessions) as all_sessions,
        sum(ordering_sessions) as all_ordering_sessions

    from sessions

    group by month

),

-- money spent on a source that nobody came from is a row as well
joined as (

    select
        coalesce(sessions.month, spend.month) as month,
        coalesce(sessions.source, spend.source) as source,
        coalesce(sessions.medium, spend.medium) as medium,
        {% for counted in [
            'sessions', 'people', 'new_people', 'bounces', 'cart_sessions', 'ordering_sessions', 'paying_sessions', 'page_views',
            'orders', 'net_amount',
        ] -%}
        coalesce(sessions.{{ counted }}, 0) as {{ counted }},
        {% endfor -%}
        spend.spend

    from sessions
    full outer join spend
        on sessions.month = spend.month and sessions.source = spend.source and sessions.medium = spend.medium

),

-- conversions of a source and those it would have at the month's rate, both times all sessions of the month
judged as (

    select
        joined.*,
        months.median_sessions,
        months.all_sessions,
        months.all_ordering_sessions,
        rules.threshold,
        rules.minimum_share,
        cast(joined.ordering_sessions as numeric(38, 0)) * months.all_sessions as conversion,
        cast(joined.sessions as numeric(38, 0)) * months.all_ordering_sessions as expected_conversion

    from joined
    left join months on joined.month = months.month
    left join {{ ref('finding_rules') }} as rules on rules.comparison = 'below_shop'

),

final as (

    select
        month,
        source,
        medium,
        {% for counted in [
            'sessions', 'people', 'new_people', 'bounces', 'cart_sessions', 'ordering_sessions', 'paying_sessions', 'page_views',
            'orders',
        ] -%}
        cast({{ counted }} as bigint) as {{ counted }},
        {% endfor -%}
        cast(net_amount as numeric(18, 2)) as net_amount,
        cast(spend as numeric(18, 2)) as spend,
        {{ share('bounces', 'sessions') }} as bounce_rate,
        {{ share('cart_sessions', 'sessions') }} as cart_rate,
        {{ share('ordering_sessions', 'sessions') }} as conversion_rate,
        {{ share('paying_sessions', 'sessions') }} as payment_rate,
        {{ exact_ratio('page_views', 'sessions', 4) }} as pages_per_session,
        {{ mean_amount('spend', 'orders') }} as cost_per_order,
        -- the z of the binomial test is squared and cleared of fractions, so that every warehouse decides alike
        coalesce(
            sessions >= median_sessions
            and sessions >= minimum_share * all_sessions
            and {{ sells_little('ordering_sessions', 'sessions', 'all_ordering_sessions', 'all_sessions', 'threshold') }}
            and (expected_conversion - conversion) * (expected_conversion - conversion)
            >= 9 * expected_conversion * (all_sessions - all_ordering_sessions),
            false
        ) as is_high_traffic_low_conversion

    from judged

)

select * from final
