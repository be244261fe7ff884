-- one row per product; rows with a store view only translate
select
    "sku" as product_id,
    "name" as product_name,
    -- of several categories the first, of a path such as Default Category/Gear/Bags the last level
    list_last(string_split(string_split("categories", ',')[1], '/')) as category,
    "price" as list_price
from product_export
where "store_view_code" is null
qualify file_number = max(file_number) over (partition by "sku")
order by product_id
