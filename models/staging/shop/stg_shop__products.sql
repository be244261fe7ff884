{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__products') }}

    where rejection_reason is null

),

category_mapping as (

    select * from {{ ref('category_mapping') }}

),

renamed as (

    select
        source.product_id,
        {{ mask_personal('source.product_name') }} as product_name,
        coalesce(category_mapping.category, source.category, 'unknown') as category,
        coalesce(source.brand, 'unknown') as brand,
        source.list_price,
        source.unit_cost,
        source.launched_on

    from source
    left join category_mapping on {{ word_key('source.category') }} = category_mapping.word

)

select * from renamed
