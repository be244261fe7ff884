with recursive used_addresses as (

    select
        customer_id,
        'person:' || substr(email_hash, 1, 32) as email_id,
        case when rejection_reason is null then 1 else 0 end as is_registered

    from {{ ref('base_shop__customers') }}

    where customer_id is not null and email_hash is not null

    union

    select
        customer_id,
        'person:' || substr(email_hash, 1, 32) as email_id,
        0 as is_registered

    from {{ ref('base_shop__orders') }}

    where customer_id is not null and email_hash is not null

),

-- an account has one address of its own: the registered one, else that of all its orders. Orders may name somebody else's address
addresses as (

    select
        customer_id,
        email_id,
        case
            when is_registered = 1 then 0
            when max(is_registered) over (partition by customer_id) = 1 then 1
            when min(email_id) over (partition by customer_id) <> max(email_id) over (partition by customer_id) then 1
            else 0
        end as is_later

    from used_addresses

),

links as (

    select
        identifier,
        customer_id,
        case
            when min(customer_id) over (partition by identifier) = max(customer_id) over (partition by identifier) then 0
            else 1
        end as is_later

    from {{ ref('base_shop__identity_links') }}

    where identifier is not null and customer_id is not null and coalesce(identifier_type, '') <> 'visitor'

),

-- is_later marks an ambiguous edge, which passes on opt-outs only: an id of several customers, or an address that an account only used
edges as (

    select
        identifier as from_id,
        customer_id as to_id,
        is_later

    from links

    union

    -- hash of an email address
    select
        'person:' || substr(lower(identifier), 1, 32) as from_id,
        customer_id as to_id,
        is_later

    from links

    where {{ regexp_full_match('identifier', '[0-9A-Fa-f]{64}') }}

    union

    select
        email_id as from_id,
        customer_id as to_id,
        is_later

    from addresses

),

identifiers as (

    select distinct from_id as identifier from edges

),

-- only these edges lead any further
chained as (

    select edges.*
    from edges
    inner join identifiers on edges.to_id = identifiers.identifier

),

{{ reached_ids('chained', 'edges') }},

connections as (

    select
        from_id,
        to_id,
        is_later

    from edges

    union

    select
        from_id,
        to_id,
        is_later

    from reached

),

final as (

    select
        from_id as customer_id,
        to_id as leads_to,
        min(is_later) = 0 as is_certain

    from connections

    group by from_id, to_id

)

select * from final
