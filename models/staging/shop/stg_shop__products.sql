{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__products') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__products'), 'category', 'category_mapping', 'category') }},

renamed as (

    select
        source.product_id,
        source.product_name,
        coalesce(category_values.mapped_value, source.category, 'unknown') as category,
        coalesce(source.brand, 'unknown') as brand,
        source.list_price,
        source.unit_cost,
        source.launched_on

    from source
    left join category_values on source.category = category_values.raw_value

)

select * from renamed
