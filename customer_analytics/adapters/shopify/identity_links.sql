-- one row per customer with an email address, so that consents and messages by address reach the account
select
    'email' as identifier_type,
    "email" as identifier,
    "customer id" as customer_id
from customers_export
where "email" is not null and "customer id" is not null
qualify file_number = max(file_number) over (partition by "customer id")
order by customer_id
