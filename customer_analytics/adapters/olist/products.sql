-- one row per product; the dataset has no names and no list prices
select
    products.product_id,
    coalesce(translations.product_category_name_english, products.product_category_name) as category
from products_dataset as products
left join category_translation as translations on products.product_category_name = translations.product_category_name
qualify products.file_number = max(products.file_number) over (partition by products.product_id)
order by products.product_id
