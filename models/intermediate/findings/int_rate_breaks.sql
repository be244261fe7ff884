with final as (

    select
        series_key,
        metric,
        funnel,
        step,
        dimension,
        dimension_value,
        first_week_number,
        last_week_number,
        people_before,
        people,
        baseline_people_before,
        baseline_people,
        z,
        is_ongoing

    from {{ ref('int_rate_drops') }}

    union all

    select
        series_key,
        metric,
        funnel,
        step,
        dimension,
        dimension_value,
        first_week_number,
        last_week_number,
        people_before,
        people,
        baseline_people_before,
        baseline_people,
        z,
        is_ongoing

    from {{ ref('int_rate_rises') }}

)

select * from final
