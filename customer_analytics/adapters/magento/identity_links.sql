-- one row per account with an email address, so that consents and messages by address reach it
select
    'email' as identifier_type,
    "email" as identifier,
    "entity_id" as customer_id
from customer_entity
where "email" is not null
qualify file_number = max(file_number) over (partition by "entity_id")
order by customer_id
