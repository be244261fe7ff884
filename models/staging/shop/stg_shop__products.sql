{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__products') }}

    where rejection_reason is null

),

category_words as (

    select * from {{ ref('category_words') }}

),

renamed as (

    select
        source.product_id,
        {{ mask_personal('source.product_name') }} as product_name,
        coalesce(category_words.category, source.category, 'unknown') as category,
        coalesce(source.brand, 'unknown') as brand,
        source.list_price,
        source.unit_cost,
        source.launched_on

    from source
    left join category_words on {{ word_key('source.category') }} = category_words.word

)

select * from renamed
