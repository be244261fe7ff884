{{ config(materialized='view') }}

with orders as (

    select * from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

valid_orders as (

    select order_id
    from {{ ref('stg_shop__orders') }}
    where is_valid

),

-- their rows in base_shop__orders no longer say whose they are, but each run reads them again
erased_buyers as (

    select
        typed.order_id,
        min(typed.customer_id) as customer_id

    from {{ ref('base_shop__orders_typed') }} as typed
    inner join {{ ref('base_shop__erased_ids') }} as erased_ids on typed.customer_id = erased_ids.customer_id

    group by typed.order_id

),

final as (

    select
        orders.order_id,
        orders.ordered_at,
        coalesce(orders.customer_id, erased_buyers.customer_id) as customer_id

    from orders
    inner join valid_orders on orders.order_id = valid_orders.order_id
    left join erased_buyers on orders.is_erased and orders.order_id = erased_buyers.order_id

)

select * from final
