{%- set is_since = 'rates.week_number >= shop.first_week_number' -%}
{%- set rest_before = '(rates.people_before - coalesce(of_value.people_before, 0))' -%}
{%- set rest_people = '(rates.people - coalesce(of_value.people, 0))' -%}

with weekly_rates as (

    select * from {{ ref('int_weekly_rates') }}

),

breaks as (

    select * from {{ ref('int_rate_breaks') }}

),

-- what a break over all looks like without one of the values that broke meanwhile
rests as (

    select
        shop.series_key,
        shop.first_week_number,
        sum(case when {{ is_since }} then {{ rest_before }} else 0 end) as people_before,
        sum(case when {{ is_since }} then {{ rest_people }} else 0 end) as people,
        sum(case when {{ is_since }} then 0 else {{ rest_before }} end) as baseline_people_before,
        sum(case when {{ is_since }} then 0 else {{ rest_people }} end) as baseline_people

    from breaks as shop
    inner join breaks as parts
        on
            parts.dimension <> 'all'
            and shop.metric = parts.metric
            and shop.funnel = parts.funnel
            and shop.step = parts.step
            and shop.first_week_number <= parts.last_week_number
            and shop.last_week_number >= parts.first_week_number
    inner join weekly_rates as rates
        on
            shop.series_key = rates.series_key
            and rates.week_number between shop.first_week_number - 8 and shop.last_week_number
    left join weekly_rates as of_value
        on parts.series_key = of_value.series_key and rates.week_number = of_value.week_number

    where shop.dimension = 'all'

    group by shop.series_key, shop.first_week_number, parts.series_key, parts.first_week_number

),

final as (

    select distinct
        rests.series_key,
        rests.first_week_number

    from rests
    inner join breaks on rests.series_key = breaks.series_key and rests.first_week_number = breaks.first_week_number
    inner join {{ ref('finding_rules') }} as rules
        on breaks.metric = rules.metric and breaks.dimension = rules.dimension and rules.comparison in ('drop', 'rise')

    where
        rests.people_before >= rules.minimum_people
        and case when rules.comparison = 'rise' then 1 else -1 end
        * (rests.people * rests.baseline_people_before - rests.baseline_people * rests.people_before)
        < rules.threshold / 2 * rests.baseline_people * rests.people_before

)

select * from final
