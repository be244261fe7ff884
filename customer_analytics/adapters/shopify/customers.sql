-- one row per customer; exports before 2022 have no Customer ID
select
    coalesce("customer id", "email", "phone") as customer_id,
    coalesce("default address province code", "province") as region,
    coalesce("default address city", "city") as city,
    "email" as email,
    coalesce("phone", "default address phone") as phone
from customers_export
qualify file_number = max(file_number) over (partition by customer_id)
order by customer_id
