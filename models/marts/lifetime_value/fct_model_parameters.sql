with final as (

    select
        cast(model as {{ dbt.type_string() }}) as model,
        trained_through,
        cast(parameter as {{ dbt.type_string() }}) as parameter,
        cast(value as numeric(38, 12)) as value,
        cast(customers as bigint) as customers,
        cast(log_likelihood as numeric(38, 6)) as log_likelihood,
        is_identified

    from {{ ref('int_fitted_parameters') }}

)

select * from final
