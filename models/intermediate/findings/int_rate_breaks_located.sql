with remaining as (

    select breaks.*
    from {{ ref('int_rate_breaks') }} as breaks
    left join {{ ref('int_shop_breaks_explained') }} as explained
        on breaks.series_key = explained.series_key and breaks.first_week_number = explained.first_week_number
    where explained.series_key is null

),

-- of breaks of one step at one time, in whatever funnel, the clearest is the one to look at
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
        remaining.first_week_number,
        remaining.last_week_number,
        remaining.people_before,
        remaining.people,
        remaining.baseline_people_before,
        remaining.baseline_people,
        remaining.z,
        remaining.is_ongoing

    from remaining
    left join outdone
        on remaining.series_key = outdone.series_key and remaining.first_week_number = outdone.first_week_number

    where outdone.series_key is null

)

select * from final
