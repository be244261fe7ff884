{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__exchange_rates') }}

    where rejection_reason is null

),

renamed as (

    select
        currency || '|' || cast(rate_date as {{ dbt.type_string() }}) as currency_day,
        currency,
        rate_date,
        rate_to_reporting

    from source

)

select * from renamed
