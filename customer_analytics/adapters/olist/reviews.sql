-- one row per review and order: a survey about several orders has one review_id
with surveys as (

    select *
    from order_reviews_dataset
    qualify file_number = max(file_number) over (partition by review_id)

),

numbered as (

    select
        *,
        row_number() over (partition by review_id order by order_id, review_answer_timestamp) as order_number
    from surveys

),

-- a review rates the whole order, so it is about a product only if the order has one
products as (

    select
        order_id,
        case when count(distinct product_id) = 1 then max(product_id) end as product_id
    from order_items_dataset
    group by order_id

),

people as (

    select
        orders.order_id,
        max(customers.customer_unique_id) as customer_unique_id
    from orders_dataset as orders
    inner join customers_dataset as customers on orders.customer_id = customers.customer_id
    group by orders.order_id

)

select
    numbered.review_id || case when numbered.order_number > 1 then '-' || numbered.order_number else '' end as review_id,
    coalesce(numbered.review_answer_timestamp, numbered.review_creation_date) as created_at,
    people.customer_unique_id as customer_id,
    products.product_id,
    numbered.order_id,
    numbered.review_score as rating,
    nullif(concat_ws(E'\n', numbered.review_comment_title, numbered.review_comment_message), '') as review_text
from numbered
left join products on numbered.order_id = products.order_id
left join people on numbered.order_id = people.order_id
order by created_at, review_id
