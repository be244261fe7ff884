with parameters as (

    {{ fitted_parameters() }}

),

-- a warehouse may keep fits of a later day than the one looked back to
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

)

select * from final
