{{ config(materialized='view') }}

with refunds as (

    select distinct
        customer_id,
        product_id,
        refunded_at

    from {{ ref('base_shop__refunds_typed') }}

    where
        order_id is null
        and customer_id is not null
        and refunded_at is not null

),

orders as (

    select * from {{ ref('base_shop__order_buyers') }}

),

order_products as (

    select distinct
        order_id,
        product_id

    from {{ ref('stg_shop__order_items') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

-- the person behind the refund as the links stood at its moment
refund_persons as (

    select
        refunds.*,
        coalesce(aliases.customer_id, refunds.customer_id) as person_id

    from refunds
    left join aliases
        on {{ link_applies('refunds.customer_id', 'refunds.refunded_at') }}

),

-- all ids of that person at that moment, under which an order may have been placed
refund_ids as (

    select
        refund_persons.*,
        person_id as order_customer_id

    from refund_persons

    union all

    select
        refund_persons.*,
        aliases.identifier as order_customer_id

    from refund_persons
    inner join aliases
        on
            refund_persons.person_id = aliases.customer_id
            and refund_persons.refunded_at >= aliases.valid_from
            and refund_persons.refunded_at < aliases.valid_to

),

candidates as (

    select
        refund_ids.customer_id,
        refund_ids.product_id,
        refund_ids.refunded_at,
        orders.order_id,
        row_number() over (
            partition by refund_ids.customer_id, refund_ids.product_id, refund_ids.refunded_at
            order by
                case when order_products.product_id is not null then 0 else 1 end,
                orders.ordered_at desc,
                {{ byte_order('orders.order_id') }} desc
        ) as candidate_rank

    from refund_ids
    inner join orders
        on
            refund_ids.order_customer_id = orders.customer_id
            and refund_ids.refunded_at >= orders.ordered_at
    left join order_products
        on
            orders.order_id = order_products.order_id
            and refund_ids.product_id = order_products.product_id

),

final as (

    select
        customer_id,
        product_id,
        refunded_at,
        order_id

    from candidates

    where candidate_rank = 1

)

select * from final
