-- One row per customer account.
select
    cast(id as varchar) as customer_id,
    created_at as registered_at,
    default_address ->> 'province' as region,
    default_address ->> 'city' as city,
    email,
    phone,
    _airbyte_extracted_at as loaded_at
from {{ source('airbyte_shopify', 'customers') }}
