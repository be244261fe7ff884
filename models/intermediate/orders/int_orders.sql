with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select stg_orders.*
    from {{ ref('stg_shop__orders') }} as stg_orders
    cross join as_of
    where {{ is_up_to_as_of('stg_orders.ordered_at') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

email_owners as (

    select customers.*
    from {{ ref('stg_shop__customers') }} as customers
    cross join as_of
    where
        customers.is_email_owner
        and (customers.registered_at is null or customers.registered_at < as_of.as_of_end_at)

),

accounts as (

    select
        orders.order_id,
        orders.ordered_at,
        coalesce(orders.account_id, linked_emails.customer_id, email_owners.customer_id) as account_id,
        -- a guest order becomes its owner's once the owner has an account: not before, in any look back at history
        case
            when orders.account_id is null and linked_emails.customer_id is null
                then greatest(orders.order_date, email_owners.registered_date)
            else orders.order_date
        end as known_date

    from orders
    left join aliases as linked_emails
        on {{ link_applies('orders.guest_email_hash', 'orders.ordered_at', 'linked_emails') }}
    left join email_owners on orders.guest_email_hash = email_owners.email_hash

),

buyers as (

    select
        accounts.order_id,
        accounts.known_date,
        coalesce(aliases.customer_id, accounts.account_id) as customer_id

    from accounts
    left join aliases on {{ link_applies('accounts.account_id', 'accounts.ordered_at') }}

),

refunds as (

    select stg_refunds.*
    from {{ ref('stg_shop__refunds') }} as stg_refunds
    cross join as_of
    where {{ is_up_to_as_of('stg_refunds.refunded_at') }}

),

refunded_orders as (

    select
        order_id,
        sum(refund_amount) as refund_amount

    from refunds

    group by order_id

),

returned_lines as (

    select
        order_id,
        line_number,
        cast(sum(quantity) as bigint) as returned_quantity

    from refunds

    where quantity > 0

    group by order_id, line_number

),

lines as (

    select
        items.*,
        items.quantity - least(coalesce(returned_lines.returned_quantity, 0), items.quantity) as kept_quantity

    from {{ ref('stg_shop__order_items') }} as items
    left join returned_lines
        on items.order_id = returned_lines.order_id and items.line_number = returned_lines.line_number

),

costed_lines as (

    select
        lines.*,
        coalesce(
            {{ to_reporting('kept_quantity * unit_cost') }}, {{ to_cents('kept_quantity * product_unit_cost') }}
        ) as kept_cost_amount

    from lines

),

baskets as (

    select
        order_id,
        count(*) as order_lines,
        sum(quantity) as units,
        count(distinct category) as category_count,
        -- one line without a list price or a cost leaves the whole order's open: a part would show too little
        case when count(list_amount) = count(*) then sum(list_amount) end as list_amount,
        case when count(kept_cost_amount) = count(*) then sum(kept_cost_amount) end as kept_cost_amount

    from costed_lines

    group by order_id

),

refunded as (

    select
        orders.*,
        buyers.customer_id,
        buyers.known_date,
        -- what happened to an order later is not known yet
        case when orders.given_paid_at < as_of.as_of_end_at then orders.given_paid_at end as paid_at,
        case when orders.given_shipped_at < as_of.as_of_end_at then orders.given_shipped_at end as shipped_at,
        case when orders.given_delivered_at < as_of.as_of_end_at then orders.given_delivered_at end as delivered_at,
        -- the status alone says refunded: all of it
        orders.status = 'refunded' and refunded_orders.order_id is null as is_refunded_by_status,
        -- no more than the goods can go back, whatever was paid out on top
        case
            when not orders.is_confirmed then 0
            when refunded_orders.order_id is not null then least(refunded_orders.refund_amount, orders.goods_amount)
            when orders.status = 'refunded' then orders.goods_amount
            else 0
        end as refunded_goods_amount,
        baskets.list_amount,
        baskets.kept_cost_amount,
        cast(coalesce(baskets.order_lines, 0) as integer) as order_lines,
        cast(coalesce(baskets.units, 0) as bigint) as units,
        cast(coalesce(baskets.category_count, 0) as integer) as category_count

    from orders
    cross join as_of
    inner join buyers on orders.order_id = buyers.order_id
    left join refunded_orders on orders.order_id = refunded_orders.order_id
    left join baskets on orders.order_id = baskets.order_id

),

settled as (

    select
        refunded.*,
        is_confirmed
        and (
            {{ var('refunded_orders_count') }} or goods_amount = 0 or refunded_goods_amount < goods_amount
        ) as is_valid

    from refunded

),

numbered as (

    select
        settled.*,
        is_valid and goods_amount > 0 and refunded_goods_amount = goods_amount as is_fully_refunded,
        case when is_valid and customer_id is not null then row_number() over (
            partition by customer_id, is_valid order by ordered_at, {{ binary_collation('order_id') }}
        ) end as order_number,
        case when is_valid and customer_id is not null then lag(order_date) over (
            partition by customer_id, is_valid order by ordered_at, {{ binary_collation('order_id') }}
        ) end as previous_order_date,
        cast(case when is_valid then refunded_goods_amount else 0 end as numeric(18, 2)) as refunded_amount,
        cast(case when is_valid then goods_amount - refunded_goods_amount else 0 end as numeric(18, 2)) as net_amount

    from settled

),

final as (

    select
        numbered.*,
        -- the list price follows from the discount where only that is known, and the other way round, else from the lines
        cast(
            coalesce(given_gross_amount, goods_amount + given_discount_amount, list_amount) as numeric(18, 2)
        ) as gross_amount,
        cast(
            coalesce(
                given_discount_amount,
                -- greatest() would make 0 of an unknown list price
                case
                    when coalesce(given_gross_amount, list_amount) is not null
                        then greatest(coalesce(given_gross_amount, list_amount) - goods_amount, 0)
                end
            ) as numeric(18, 2)
        ) as discount_amount,
        cast(
            case
                when not is_valid then null
                when is_fully_refunded and kept_cost_amount is not null then net_amount
                else net_amount - kept_cost_amount
            end as numeric(18, 2)
        ) as margin_amount,
        coalesce(order_number = 1, false) as is_first_order,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as days_since_previous_order

    from numbered

)

-- an attribute added to stg_shop__orders is carried through
select * from final -- noqa: AM04
