with products as (

    select * from {{ ref('stg_shop__products') }}

),

left_in_cart as (

    select
        session_key,
        product_id,
        sum(case when event_name = 'add_to_cart' then 1 else -1 end) as units

    from {{ ref('int_session_events') }}

    where event_name in ('add_to_cart', 'remove_from_cart') and product_id is not null

    group by session_key, product_id

),

final as (

    select
        left_in_cart.session_key,
        cast(sum(left_in_cart.units * products.list_price) as numeric(18, 2)) as cart_amount

    from left_in_cart
    inner join products on left_in_cart.product_id = products.product_id

    where left_in_cart.units > 0

    group by left_in_cart.session_key

)

select * from final
