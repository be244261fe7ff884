-- one row per profile that holds the customer id of the shop
select distinct
    'email' as identifier_type,
    lower("email") as identifier,
    "external id" as customer_id
from profiles_export
where "email" is not null and "external id" is not null
qualify file_number = max(file_number) over (partition by lower("email"))
order by identifier
