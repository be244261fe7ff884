-- a deletion request names a customer id, a person id, an email address or its hash
with recursive trimmed_requests as (

    select {{ trimmed_text('customer_id') }} as customer_id
    from {{ ref('erased_customers') }}

),

-- read as the input views read ids
requests as (

    select {{ read_text('customer_id', is_id=true) }} as customer_id
    from trimmed_requests

),

requested_ids as (

    select {{ read_person_id('customer_id') }} as customer_id
    from requests

    union

    select 'person:' || substr(lower(customer_id), 1, 32) as customer_id
    from requests
    where {{ regexp_full_match('customer_id', '[0-9A-Fa-f]{64}') }}

),

accounts as (

    select distinct
        {{ read_person_id('customer_id') }} as customer_id,
        'person:' || substr({{ read_email_hash('email', is_known=true) }}, 1, 32) as email_id

    from {{ ref('input_shop__customers') }}

    where customer_id is not null and email is not null

),

-- the request covers the accounts registered with the email address
erased_customers as (

    select customer_id from requested_ids

    union

    select accounts.customer_id
    from accounts
    inner join requested_ids on accounts.email_id = requested_ids.customer_id

),

-- and every account and card that was ever linked to the customer
links as (

    select distinct
        {{ read_person_id('customer_id') }} as from_id,
        {{ read_person_id('identifier') }} as to_id,
        0 as is_later

    from {{ ref('input_shop__identity_links') }}

    where identifier is not null and customer_id is not null and lower({{ read_text('identifier_type') }}) <> 'visitor'

),

erased_links as (

    select links.*
    from links
    inner join erased_customers on links.from_id = erased_customers.customer_id

),

{{ reached_ids('erased_links', 'links') }},

erased_accounts as (

    select customer_id
    from erased_customers

    union

    select to_id as customer_id
    from reached

),

-- and their email addresses, which would otherwise make persons of their guest orders
erased_ids as (

    select customer_id
    from erased_accounts

    union

    select accounts.email_id as customer_id
    from accounts
    inner join erased_accounts on accounts.customer_id = erased_accounts.customer_id
    where accounts.email_id is not null

    union

    select 'person:' || substr(lower(to_id), 1, 32) as customer_id
    from reached
    where {{ regexp_full_match('to_id', '[0-9A-Fa-f]{64}') }}

),

final as (

    -- a hash: no table but the seed names erased customers
    select
        md5(erased_ids.customer_id) as id_hash,
        requested_ids.customer_id is not null as is_requested

    from erased_ids
    left join requested_ids on erased_ids.customer_id = requested_ids.customer_id

)

select * from final
