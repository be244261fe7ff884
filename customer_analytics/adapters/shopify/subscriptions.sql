-- one row per customer and channel: the consent at the time of the export, dated with the customer's latest order
with customers as (

    select
        coalesce("customer id", "email", regexp_replace("phone", '[^0-9+]', '', 'g')) as customer_id,
        lower("email") as email,
        nullif(regexp_replace(coalesce("phone", "default address phone"), '[^0-9]', '', 'g'), '') as digits,
        coalesce("accepts email marketing", "accepts marketing") as email_marketing,
        "accepts sms marketing" as sms
    from customers_export
    qualify file_number = max(file_number) over (partition by customer_id)

),

orders as (

    select
        lower(max("email")) as email,
        regexp_replace(coalesce(max("phone"), max("billing phone")), '[^0-9]', '', 'g') as digits,
        min("created at") as ordered_at
    from orders_export
    group by "name"

),

-- with the same rule as in orders: an order without email address belongs to the phone number
dated as (

    select
        customer_id,
        email_marketing,
        sms,
        max(ordered_at) as changed_at
    from (
        select customers.*, orders.ordered_at
        from customers
        inner join orders on customers.email = orders.email

        union all

        select customers.*, orders.ordered_at
        from customers
        inner join orders on customers.digits = orders.digits and orders.email is null
    ) as orders_of_customers
    group by customer_id, email_marketing, sms

),

consents as (

    unpivot dated
    on email_marketing, sms
    into name channel value answer

)

select
    customer_id,
    case channel when 'email_marketing' then 'email' else channel end as channel,
    case when lower(answer) in ('yes', 'true', 't', '1') then 'subscribed' else 'unsubscribed' end as status,
    changed_at
from consents
order by customer_id, channel
