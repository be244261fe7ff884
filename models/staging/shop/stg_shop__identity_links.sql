with source as (

    select * from {{ ref('base_shop__identity_links') }}

    where rejection_reason is null

),

renamed as (

    select
        identifier_type,
        identifier,
        customer_id,
        linked_at

    from source

)

select * from renamed
