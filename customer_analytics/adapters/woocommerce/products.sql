-- one row per product that can be bought: variations instead of their parent
with products as (

    select *
    from product_export
    qualify file_number = max(file_number) over (partition by "id")

),

parents as (

    select
        "sku" as parent,
        "categories" as categories,
        "brands" as brands
    from products
    where "type" like 'variable%'

    union all

    select
        'id:' || "id",
        "categories",
        "brands"
    from products
    where "type" like 'variable%'

)

select
    coalesce(products."sku", products."name") as product_id,
    products."name" as product_name,
    -- of several categories the first, of a path such as Home > Kitchen the last level
    trim(list_last(string_split(trim(string_split(coalesce(products."categories", parents.categories), ',')[1]), '>')))
        as category,
    coalesce(products."brands", parents.brands) as brand,
    products."regular price" as list_price,
    products."cost of goods" as unit_cost
from products
left join parents on products."parent" = parents.parent
where products."type" not like 'variable%' and products."type" not like 'grouped%'
order by product_id
