-- one row per customer and channel: the consent at the time of the export
with latest_orders as (

    select
        lower("email") as email,
        max("created at") as changed_at
    from orders_export
    group by lower("email")

),

consents as (

    unpivot (
        select
            coalesce("customer id", "email", "phone") as customer_id,
            lower("email") as email,
            "accepts email marketing" as email_marketing,
            "accepts sms marketing" as sms
        from customers_export
        qualify file_number = max(file_number) over (partition by customer_id)
    )
    on email_marketing, sms
    into name channel value answer

)

select
    consents.customer_id,
    case consents.channel when 'email_marketing' then 'email' else consents.channel end as channel,
    case lower(consents.answer) when 'yes' then 'subscribed' else 'unsubscribed' end as status,
    latest_orders.changed_at
from consents
inner join latest_orders on consents.email = latest_orders.email
order by consents.customer_id, channel
