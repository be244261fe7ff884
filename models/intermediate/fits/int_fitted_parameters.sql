with parameters as (

    {{ fitted_parameters() }}

),

-- a warehouse may keep fits of other settings: what tells who leaves within 90 days does not tell it of 30
other_horizons as (

    select
        model,
        trained_through

    from parameters

    where parameter = 'horizon_days' and value <> {{ var('churn_horizon_days') }}

),

-- and fits of a later day than the one looked back to
final as (

    select
        parameters.model,
        parameters.trained_through,
        parameters.parameter,
        parameters.value,
        parameters.customers,
        parameters.log_likelihood,
        parameters.is_identified

    from parameters
    inner join {{ ref('int_as_of') }} as as_of on parameters.trained_through <= as_of.as_of_date
    left join other_horizons
        on parameters.model = other_horizons.model and parameters.trained_through = other_horizons.trained_through

    where other_horizons.model is null

)

select * from final
