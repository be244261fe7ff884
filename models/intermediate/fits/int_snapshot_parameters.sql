with snapshot_dates as (

    select snapshot_date from {{ ref('int_snapshot_dates') }}
    where is_scored

),

-- fits may be older than the snapshot date, never younger
known as (

    select
        snapshot_dates.snapshot_date,
        parameters.*,
        max(parameters.trained_through) over (
            partition by snapshot_dates.snapshot_date, parameters.model
        ) as newest_trained_through

    from {{ ref('int_fitted_parameters') }} as parameters
    inner join snapshot_dates on parameters.trained_through <= snapshot_dates.snapshot_date

),

final as (

    select
        snapshot_date,
        model,
        trained_through,
        parameter,
        value,
        customers,
        log_likelihood,
        is_identified

    from known

    where trained_through = newest_trained_through

)

select * from final
