-- one row per customer; older exports have no Customer ID
select
    coalesce("customer id", "email", regexp_replace("phone", '[^0-9+]', '', 'g')) as customer_id,
    coalesce("default address province code", "province code", "province") as region,
    coalesce("default address city", "city") as city,
    "email" as email,
    coalesce("phone", "default address phone") as phone
from customers_export
qualify file_number = max(file_number) over (partition by customer_id)
order by customer_id
