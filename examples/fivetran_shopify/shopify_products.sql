-- One row per product.
with products as (

    select *
    from {{ source('fivetran_shopify', 'product') }}
    where not coalesce(_fivetran_deleted, false)

),

prices as (

    select
        product_id,
        min(price) as list_price
    from {{ source('fivetran_shopify', 'product_variant') }}
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
        products._fivetran_synced as loaded_at
    from products
    left join prices on products.id = prices.product_id

)

select * from final
