{%- set kept_quantity = '(items.quantity - coalesce(returned_lines.returned_quantity, 0))' -%}
{%- set kept_cost = 'coalesce(' ~ to_reporting(kept_quantity ~ ' * items.unit_cost') ~ ', ' ~ to_cents(kept_quantity ~ ' * items.product_unit_cost') ~ ')' -%}
{%- set quoted_amount = 'greatest(orders.paid_amount - orders.shipping_amount, 0)' if var('prices_include_tax') else 'orders.goods_amount' -%}
{%- set net_discount = 'case when tax_amount > 0 then ' ~ divide_half_up('quoted_discount * goods_amount', 'goods_amount + tax_amount', 2)
    ~ ' else quoted_discount end' if var('prices_include_tax') else 'quoted_discount' -%}

with as_of as (

    select * from {{ ref('int_as_of') }}

),

-- a separate CTE, because DuckDB would join by time instead of by address
email_owners as (

    select customers.*
    from {{ ref('stg_shop__customers') }} as customers
    cross join as_of
    where customers.is_email_owner and coalesce(customers.registered_at < as_of.as_of_end_at, true)

),

-- a guest order belongs to the account its email address is linked to, else the first one registered with it, else its own person
accounts as (

    select
        orders.order_id,
        coalesce(
            orders.account_id, linked_emails.customer_id, linked_guests.customer_id, email_owners.customer_id, orders.guest_id
        ) as account_id,
        -- a guest order belongs to its owner only from registration on, on past snapshot dates too
        greatest(
            orders.order_date, case when coalesce(linked_emails.customer_id, linked_guests.customer_id) is null then email_owners.registered_date end
        ) as known_date

    from {{ ref('stg_shop__orders') }} as orders
    cross join as_of
    left join {{ ref('stg_shop__identity_map') }} as linked_emails on {{ link_applies('orders.guest_email_hash', 'orders.ordered_at', 'linked_emails') }}
    left join {{ ref('stg_shop__identity_map') }} as linked_guests on {{ link_applies('orders.guest_id', 'orders.ordered_at', 'linked_guests') }}
    left join email_owners on orders.guest_email_hash = email_owners.email_hash

    where {{ is_up_to_as_of('orders.ordered_at') }}

),

refunded_orders as (

    select
        order_id,
        sum(refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }}

    group by order_id

),

-- if one line has no list price or cost, that of the order is null, because a partial sum would be too low
baskets as (

    select
        items.order_id,
        count(*) as order_lines,
        sum(items.quantity) as units,
        count(distinct items.category) as category_count,
        case when count(items.list_amount) = count(*) then sum(items.list_amount) end as list_amount,
        sum(items.paid_amount) as line_amount,
        case when count({{ kept_cost }}) = count(*) then sum({{ kept_cost }}) end as kept_cost_amount

    from {{ ref('stg_shop__order_items') }} as items
    left join {{ ref('int_returned_lines') }} as returned_lines
        on items.order_id = returned_lines.order_id and items.line_number = returned_lines.line_number

    group by items.order_id

),

valued as (

    select
        orders.*,
        coalesce(identity_map.customer_id, accounts.account_id) as customer_id,
        accounts.known_date,
        -- later timestamps are not known on as_of_date
        {% for stamp in ['paid_at', 'shipped_at', 'delivered_at'] -%}
        case when orders.given_{{ stamp }} < as_of.as_of_end_at then orders.given_{{ stamp }} end as {{ stamp }},
        {% endfor -%}
        orders.is_confirmed and (
            {{ var('refunded_orders_count') }} or orders.goods_amount = 0 or coalesce(refunded_orders.refunded_amount, 0) < orders.goods_amount
        ) as is_valid,
        coalesce(refunded_orders.refunded_amount, 0) as refunded_goods_amount,
        -- as quoted, at least 0: as given, else from the lines, else from the list price of the order
        coalesce(
            orders.given_discount_amount, baskets.list_amount - least(baskets.list_amount, baskets.line_amount),
            orders.given_gross_amount - least(orders.given_gross_amount, {{ quoted_amount }})
        ) as quoted_discount,
        baskets.kept_cost_amount,
        baskets.line_amount,
        cast(coalesce(baskets.order_lines, 0) as integer) as order_lines,
        cast(coalesce(baskets.units, 0) as bigint) as units,
        cast(coalesce(baskets.category_count, 0) as integer) as category_count

    from {{ ref('stg_shop__orders') }} as orders
    cross join as_of
    inner join accounts on orders.order_id = accounts.order_id
    left join {{ ref('stg_shop__identity_map') }} as identity_map
        on {{ link_applies('accounts.account_id', 'orders.ordered_at') }}
    left join refunded_orders on orders.order_id = refunded_orders.order_id
    left join baskets on orders.order_id = baskets.order_id

),

numbered as (

    select
        valued.*,
        is_valid and goods_amount > 0 and refunded_goods_amount = goods_amount as is_fully_refunded,
        cast(case when is_valid then refunded_goods_amount else 0 end as numeric(18, 2)) as refunded_amount,
        cast(case when is_valid then goods_amount - refunded_goods_amount else 0 end as numeric(18, 2)) as net_amount,
        cast({{ net_discount }} as numeric(18, 2)) as discount_amount,
        case when is_valid and customer_id is not null then row_number() over customer_orders end as order_number,
        case when is_valid and customer_id is not null then lag(order_date) over customer_orders end as previous_order_date

    from valued

    window customer_orders as (partition by customer_id, is_valid order by ordered_at, {{ binary_collation('order_id') }})

),

final as (

    select
        numbered.*,
        cast(goods_amount + discount_amount as numeric(18, 2)) as gross_amount,
        cast(case
            when is_valid then net_amount - case when is_fully_refunded and kept_cost_amount is not null then 0 else kept_cost_amount end
        end as numeric(18, 2)) as margin_amount,
        coalesce(order_number = 1, false) as is_first_order,
        {{ dbt.datediff('previous_order_date', 'order_date', 'day') }} as days_since_previous_order

    from numbered

)

-- columns added to stg_shop__orders are passed through
select * from final -- noqa: AM04
