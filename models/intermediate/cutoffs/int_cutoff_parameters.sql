with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

),

-- fits may be older than the cutoff, never younger
known as (

    select
        cutoffs.cutoff_date,
        parameters.*,
        max(parameters.trained_through) over (
            partition by cutoffs.cutoff_date, parameters.model
        ) as newest_trained_through

    from {{ ref('int_fitted_parameters') }} as parameters
    inner join cutoffs on parameters.trained_through <= cutoffs.cutoff_date

),

final as (

    select
        cutoff_date,
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
