with final as (

    select
        cast(model as {{ dbt.type_string() }}) as model,
        trained_through,
        cast(parameter as {{ dbt.type_string() }}) as parameter,
        value,
        cast(customers as bigint) as customers,
        log_likelihood,
        is_identified

    from {{ ref('int_fitted_parameters') }}

)

select * from final
