with source as (

    select * from {{ ref('base_shop__campaigns') }}

    where rejection_reason is null

),

renamed as (

    select
        campaign_id,
        campaign_name,
        coalesce(campaign_type, 'unknown') as campaign_type,
        starts_at,
        ends_at,
        cost_amount

    from source

)

select * from renamed
