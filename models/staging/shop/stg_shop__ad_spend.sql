with source as (

    select * from {{ ref('base_shop__ad_spend') }}

    where rejection_reason is null

),

renamed as (

    select
        spend_date,
        lower({{ mask_personal('source') }}) as source,
        lower(medium) as medium,
        campaign,
        cast(cost_amount as numeric(18, 2)) as cost_amount,
        impressions,
        clicks

    from source

)

select * from renamed
