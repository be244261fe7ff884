with source as (

    select * from {{ ref('base_shop__ad_spend') }}

    where rejection_reason is null

),

renamed as (

    select
        spend_date,
        {{ mask_personal('source') }} as source,
        medium,
        campaign,
        cast(cost_amount as numeric(18, 2)) as cost_amount,
        impressions,
        clicks

    from source

)

select * from renamed
