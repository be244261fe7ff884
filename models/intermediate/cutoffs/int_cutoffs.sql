with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

labelled as (

    select
        month_ends.snapshot_date as cutoff_date,
        cast(month_ends.snapshot_date + interval '{{ var("churn_horizon_days") }}' day as date) as label_through,
        as_of.as_of_date

    from {{ ref('int_rfm_snapshot_dates') }} as month_ends
    cross join as_of

    where month_ends.is_complete_month

),

-- the back-test scores the newest cutoff that has a label, and learns from a year of those whose labels end by it
recent as (

    select
        cutoff_date,
        label_through,
        max(cutoff_date) over () as newest_cutoff_date

    from labelled

    where
        label_through <= as_of_date
        and cutoff_date >= as_of_date - interval '{{ 2 * var("churn_horizon_days") + 396 }}' day

),

final as (

    select
        cutoff_date,
        label_through,
        false as is_as_of,
        cutoff_date = newest_cutoff_date as is_backtest,
        cutoff_date = newest_cutoff_date as is_judged

    from recent

    union all

    select
        as_of_date as cutoff_date,
        cast(null as date) as label_through,
        true as is_as_of,
        false as is_backtest,
        true as is_judged

    from as_of

)

select * from final
