with parameters as (

    {{ fitted_parameters() }}

),

-- the table may contain fits for another horizon, and a fit for 90 days does not predict churn within 30
other_horizons as (

    select
        model,
        trained_through

    from parameters

    where parameter = 'horizon_days' and value <> {{ var('churn_horizon_days') }}

),

final as (

    select
        cast(parameters.model as {{ dbt.type_string() }}) as model,
        parameters.trained_through,
        cast(parameters.parameter as {{ dbt.type_string() }}) as parameter,
        parameters.value,
        cast(parameters.customers as bigint) as customers,
        parameters.log_likelihood,
        parameters.is_identified

    from parameters
    -- excludes fits later than as_of_date
    inner join {{ ref('int_as_of') }} as as_of on parameters.trained_through <= as_of.as_of_date
    left join other_horizons
        on parameters.model = other_horizons.model and parameters.trained_through = other_horizons.trained_through

    where other_horizons.model is null

)

select * from final
