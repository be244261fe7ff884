-- One row per product.
with products as (

    select *
    from {{ source('airbyte_shopify', 'products') }}
    where deleted_at is null

),

prices as (

    select
        product_id,
        min(price) as list_price
    from {{ source('airbyte_shopify', 'product_variants') }}
    group by product_id

),

final as (

    select
        cast(products.id as varchar) as product_id,
        products.title as product_name,
        products.product_type as category,
        products.vendor as brand,
        prices.list_price,
        cast(products.published_at as date) as launched_on,
        products._airbyte_extracted_at as loaded_at
    from products
    left join prices on products.id = prices.product_id

)

select * from final
