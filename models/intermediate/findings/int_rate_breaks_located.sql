with weekly_rates as (

    select * from {{ ref('int_weekly_rates') }}

),

breaks as (

    select
        rate_breaks.*,
        case when dimension = 'all' then 1 else 2 end as place

    from {{ ref('int_rate_breaks') }} as rate_breaks

),

-- an overall anomaly and its baseline without one value that has an anomaly in the same weeks
rests as (

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

    from breaks as shop
    inner join breaks as parts
        on
            shop.place < parts.place
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

    from rests

    where
        people_before >= minimum_people
        and direction * (people * baseline_people_before - baseline_people * people_before)
        < rest_threshold * baseline_people * people_before

),

shops as (

    select breaks.*
    from breaks
    left join explained on breaks.series_key = explained.series_key and breaks.first_week_number = explained.first_week_number
    where breaks.place = 1 and explained.series_key is null

),

-- an overall anomaly takes precedence over those of single values
remaining as (

    select breaks.*
    from breaks
    left join shops
        on
            breaks.place > shops.place
            and breaks.metric = shops.metric
            and breaks.funnel = shops.funnel
            and breaks.step = shops.step
            and breaks.first_week_number <= shops.last_week_number
            and breaks.last_week_number >= shops.first_week_number

    where breaks.place = 2 and shops.series_key is null

    union all

    select * from shops

),

-- of anomalies of one step in the same weeks, in any funnel, only the one with the greatest distance is reported
outdone as (

    select distinct
        remaining.series_key,
        remaining.first_week_number

    from remaining
    inner join remaining as clearer
        on
            remaining.metric = clearer.metric
            and remaining.step = clearer.step
            and remaining.first_week_number <= clearer.last_week_number
            and remaining.last_week_number >= clearer.first_week_number
            and (
                abs(remaining.z) < abs(clearer.z)
                or (abs(remaining.z) = abs(clearer.z) and remaining.series_key > clearer.series_key)
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
    left join outdone
        on remaining.series_key = outdone.series_key and remaining.first_week_number = outdone.first_week_number

    where outdone.series_key is null

)

select * from final
