-- One row per customer account.
select
    cast(id as varchar) as customer_id,
    created_at as registered_at,
    email,
    phone,
    _fivetran_synced as loaded_at
from {{ source('fivetran_shopify', 'customer') }}
