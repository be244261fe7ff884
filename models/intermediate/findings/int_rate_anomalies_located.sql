with weekly_rates as (

    select * from {{ ref('int_weekly_rates') }}

),

anomalies as (

    select
        rate_anomalies.*,
        case when dimension = 'all' then 1 else 2 end as dimension_level

    from {{ ref('int_rate_anomalies') }} as rate_anomalies

),

-- an overall anomaly and its baseline without one value that has an anomaly in the same weeks
remainders as (

    select
        shop.series_key,
        shop.first_week_number,
        shop.direction,
        shop.minimum_people,
        {% for measure in ['people_before', 'people'] -%}
        sum(
            case when rates.week_number >= shop.first_week_number then rates.{{ measure }} - coalesce(of_value.{{ measure }}, 0) else 0 end
        ) as {{ measure }},
        sum(
            case when rates.week_number <= shop.baseline_last_week_number then rates.{{ measure }} - coalesce(of_value.{{ measure }}, 0) else 0 end
        ) as baseline_{{ measure }},
        {% endfor -%}
        shop.rest_threshold

    from anomalies as shop
    inner join anomalies as parts
        on
            shop.dimension_level < parts.dimension_level
            and shop.metric = parts.metric
            and shop.funnel = parts.funnel
            and shop.step = parts.step
            and shop.first_week_number <= parts.last_week_number
            and shop.last_week_number >= parts.first_week_number
    inner join weekly_rates as rates
        on
            shop.series_key = rates.series_key
            and rates.week_number between shop.baseline_first_week_number and shop.last_week_number
    left join weekly_rates as of_value
        on parts.series_key = of_value.series_key and rates.week_number = of_value.week_number

    group by
        shop.series_key,
        shop.first_week_number,
        shop.direction,
        shop.minimum_people,
        shop.rest_threshold,
        parts.series_key,
        parts.first_week_number

),

explained as (

    select distinct
        series_key,
        first_week_number

    from remainders

    where
        people_before >= minimum_people
        and direction * (people * baseline_people_before - baseline_people * people_before)
        < rest_threshold * baseline_people * people_before

),

shops as (

    select anomalies.*
    from anomalies
    left join explained on anomalies.series_key = explained.series_key and anomalies.first_week_number = explained.first_week_number
    where anomalies.dimension_level = 1 and explained.series_key is null

),

-- an overall anomaly takes precedence over those of single values
remaining as (

    select anomalies.*
    from anomalies
    left join shops
        on
            anomalies.dimension_level > shops.dimension_level
            and anomalies.metric = shops.metric
            and anomalies.funnel = shops.funnel
            and anomalies.step = shops.step
            and anomalies.first_week_number <= shops.last_week_number
            and anomalies.last_week_number >= shops.first_week_number

    where anomalies.dimension_level = 2 and shops.series_key is null

    union all

    select * from shops

),

-- of anomalies of one step in the same weeks, in any funnel, only the one with the greatest distance is reported
superseded as (

    select distinct
        remaining.series_key,
        remaining.first_week_number

    from remaining
    inner join remaining as stronger
        on
            remaining.metric = stronger.metric
            and remaining.step = stronger.step
            and remaining.first_week_number <= stronger.last_week_number
            and remaining.last_week_number >= stronger.first_week_number
            and (
                abs(remaining.z) < abs(stronger.z)
                or (abs(remaining.z) = abs(stronger.z) and remaining.series_key > stronger.series_key)
            )

),

final as (

    select
        remaining.series_key,
        remaining.metric,
        remaining.funnel,
        remaining.step,
        remaining.dimension,
        remaining.dimension_value,
        remaining.first_week,
        remaining.last_week,
        remaining.is_ongoing,
        remaining.people_before,
        remaining.people,
        remaining.baseline_people_before,
        remaining.baseline_people,
        remaining.baseline_amount

    from remaining
    left join superseded
        on remaining.series_key = superseded.series_key and remaining.first_week_number = superseded.first_week_number

    where superseded.series_key is null

)

select * from final
