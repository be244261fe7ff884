with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select
        stg_orders.*,
        as_of.as_of_end_at,
        case when stg_orders.customer_id is null then stg_orders.email_hash end as guest_email_hash

    from {{ ref('stg_shop__orders') }} as stg_orders
    cross join as_of

    where {{ is_up_to_as_of('stg_orders.ordered_at') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

recognised as (

    select
        orders.*,
        coalesce(orders.customer_id, linked_emails.customer_id, email_owners.customer_id) as account_id,
        -- a guest order becomes its owner's once the owner has an account: not before, in any look back at history
        case
            when orders.customer_id is null and linked_emails.customer_id is null
                then greatest(orders.order_date, email_owners.registered_date)
            else orders.order_date
        end as known_date

    from orders
    left join aliases as linked_emails
        on {{ link_applies('orders.guest_email_hash', 'orders.ordered_at', 'linked_emails') }}
    left join email_owners on orders.guest_email_hash = email_owners.email_hash

),

final as (

    select
        recognised.order_id,
        coalesce(aliases.customer_id, recognised.account_id) as customer_id,
        recognised.customer_id as account_id,
        recognised.ordered_at,
        recognised.order_date,
        recognised.order_hour,
        recognised.known_date,
        -- what happened to an order later is not known yet
        case when recognised.paid_at < recognised.as_of_end_at then recognised.paid_at end as paid_at,
        case when recognised.shipped_at < recognised.as_of_end_at then recognised.shipped_at end as shipped_at,
        case when recognised.delivered_at < recognised.as_of_end_at then recognised.delivered_at end as delivered_at,
        recognised.status,
        recognised.is_valid,
        recognised.channel,
        recognised.store_id,
        recognised.payment_method,
        recognised.coupon_code,
        recognised.campaign_id,
        recognised.shipping_region,
        recognised.shipping_city,
        recognised.currency,
        recognised.exchange_rate,
        recognised.paid_amount,
        recognised.tax_amount,
        recognised.shipping_amount,
        recognised.gross_amount,
        recognised.discount_amount,
        cast(
            greatest(recognised.paid_amount - recognised.tax_amount - recognised.shipping_amount, 0) as numeric(18, 2)
        ) as goods_amount

    from recognised
    left join aliases
        on {{ link_applies('recognised.account_id', 'recognised.ordered_at') }}

)

select * from final
