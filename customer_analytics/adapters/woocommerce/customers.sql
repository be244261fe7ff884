-- one row per account: of the customer export, else as in the account's latest order
with accounts as (

    select
        "customer_id" as customer_id,
        "date_registered" as registered_at,
        "billing_state" as region,
        "billing_city" as city,
        coalesce("email", "billing_email") as email,
        "billing_phone" as phone
    from customer_csv
    qualify file_number = max(file_number) over (partition by "customer_id")

),

orders as (

    select
        "customer_id" as customer_id,
        coalesce("date", "order_date") as ordered_at,
        "billing_state" as region,
        "billing_city" as city,
        coalesce("customer_email", "billing_email") as email,
        "billing_phone" as phone
    from order_csv

    union all

    select
        "customer user id",
        "order date",
        "state code (billing)",
        "city (billing)",
        coalesce("customer user email", "email (billing)"),
        "phone (billing)"
    from advanced_order_export

),

buyers as (

    select
        orders.customer_id,
        orders.region,
        orders.city,
        orders.email,
        orders.phone
    from orders
    left join accounts on orders.customer_id = accounts.customer_id
    where orders.customer_id <> '0' and accounts.customer_id is null
    qualify row_number() over (
        partition by orders.customer_id
        order by
            regexp_replace(orders.ordered_at, '^([0-9]{2})[-.]([0-9]{2})[-.]([0-9]{4})', '\3-\2-\1') desc,
            orders.email
    ) = 1

)

select
    customer_id,
    registered_at,
    region,
    city,
    email,
    phone
from accounts

union all

select
    customer_id,
    null as registered_at,
    region,
    city,
    email,
    phone
from buyers
order by customer_id
