{#- quantile scores do not use the bands -#}
with buyers as (

    select * from {{ ref('int_customer_rfm') }}

    where is_as_of and frequency > 0 and '{{ var("rfm_scoring") }}' = 'bands'

),

bands as (

    {% for measure in ['f', 'm'] -%}
    select
        '{{ measure }}_band_share' as metric,
        {{ measure }}_score as score,
        count(*) as customers

    from buyers

    group by {{ measure }}_score

    union all

    {% endfor -%}
    -- customers in the two upper bands together, also if there is none
    select
        'm_upper_bands_share' as metric,
        4 as score,
        sum(case when m_score >= 4 then 1 else 0 end) as customers

    from buyers

),

totals as (

    select count(*) as customers from buyers

),

shares as (

    select
        bands.metric,
        max(bands.customers) as customers,
        max(totals.customers) as all_customers

    from bands
    cross join totals

    group by bands.metric

),

final as (

    select
        rules.rule,
        rules.dimension,
        'all' as dimension_value,
        'window' as period,
        cast({{ dbt.dateadd('day', 1 - var('rfm_window_days'), 'as_of.as_of_date') }} as date) as period_start,
        as_of.as_of_date as period_end,
        true as is_ongoing,
        shares.customers as people,
        shares.all_customers as people_before,
        cast(rules.threshold as numeric(18, 6)) as expected,
        cast(null as numeric(18, 2)) as amount_each

    from shares
    inner join {{ ref('finding_rules') }} as rules
        on shares.metric = rules.metric and shares.all_customers >= rules.minimum_people
    cross join {{ ref('int_as_of') }} as as_of

    where
        (rules.comparison = 'band_above' and shares.customers > rules.threshold * shares.all_customers)
        or (rules.comparison = 'band_empty' and shares.customers = 0)

)

select * from final
