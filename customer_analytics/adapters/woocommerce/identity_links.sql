-- one row per email address of one account, so that consents and messages by address reach the account
select
    'email' as identifier_type,
    lower(email) as identifier,
    min(customer_id) as customer_id
from (
    select "customer_id" as customer_id, coalesce("email", "billing_email") as email
    from customer_csv

    union all

    select "customer_id", coalesce("customer_email", "billing_email")
    from order_csv

    union all

    select "customer user id", coalesce("customer user email", "email (billing)")
    from advanced_order_export
) as accounts
where customer_id <> '0' and email is not null
group by identifier
having count(distinct customer_id) = 1
order by identifier
