-- one row per variant; only a product's first row has its title, vendor and type
with variants as (

    select
        "variant sku",
        "variant price",
        "cost per item",
        nullif(concat_ws(' / ', nullif("option1 value", 'Default Title'), "option2 value", "option3 value"), '') as options,
        max("title") over (partition by "handle") as title,
        max("vendor") over (partition by "handle") as vendor,
        max(coalesce("type", "product category")) over (partition by "handle") as category
    from products_export
    qualify file_number = max(file_number) over (partition by "handle")

)

select
    coalesce("variant sku", concat_ws(' - ', title, options)) as product_id,
    concat_ws(' - ', title, options) as product_name,
    category,
    vendor as brand,
    "variant price" as list_price,
    "cost per item" as unit_cost
from variants
where "variant price" is not null
order by product_id
