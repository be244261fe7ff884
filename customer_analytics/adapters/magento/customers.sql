-- one row per account
select
    "entity_id" as customer_id,
    regexp_replace("created_at", '^([0-9-]{10}[ T][0-9:.]+)$', '\1Z') as registered_at,
    case "gender" when '1' then 'male' when '2' then 'female' end as gender,
    "dob" as birth_date,
    "email" as email
from customer_entity
qualify file_number = max(file_number) over (partition by "entity_id")
order by customer_id
