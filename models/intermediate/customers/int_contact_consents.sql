-- Consent fails closed: opt-ins count up to as_of_date, but opt-outs, links and accounts from the moment the build knows them.
with recursive as_of as (

    select * from {{ ref('int_as_of') }}

),

subscriptions as (

    select
        subscriptions.customer_id,
        channels.channel,
        case when subscriptions.is_subscribed and {{ is_up_to_as_of('subscriptions.changed_at') }} then subscriptions.changed_at end as opted_in_at,
        -- nothing is later than an opt-out without a date, so no opt-in lifts it
        case when not subscriptions.is_subscribed then coalesce(subscriptions.changed_at, cast('9999-12-31' as timestamp)) end as opted_out_at

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    cross join as_of
    -- an opt-out on an unknown channel covers all channels
    inner join {{ ref('contact_channels') }} as channels
        on
            subscriptions.channel = channels.channel
            or (subscriptions.channel is null and not subscriptions.is_subscribed)

    where subscriptions.customer_id is not null

),

consents as (

    select
        customer_id,
        channel,
        max(opted_in_at) as opted_in_at,
        max(opted_out_at) as opted_out_at

    from subscriptions

    group by customer_id, channel

),

used_addresses as (

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

resolved as (

    select
        customer_id,
        channel,
        opted_in_at,
        opted_out_at,
        opted_out_at as own_opted_out_at

    from consents

    union all

    select
        connections.to_id as customer_id,
        consents.channel,
        case when connections.is_later = 0 then consents.opted_in_at end as opted_in_at,
        consents.opted_out_at,
        case when connections.is_later = 0 then consents.opted_out_at end as own_opted_out_at

    from consents
    inner join connections on consents.customer_id = connections.from_id

    union all

    -- an opt-in with a member card belongs to the customer who had the card at that time
    select
        identity_map.customer_id,
        subscriptions.channel,
        subscriptions.opted_in_at,
        cast(null as timestamp) as opted_out_at,
        cast(null as timestamp) as own_opted_out_at

    from subscriptions
    inner join {{ ref('stg_shop__identity_map') }} as identity_map
        on {{ link_applies('subscriptions.customer_id', 'subscriptions.opted_in_at') }}

),

customers as (

    select
        customer_id,
        channel,
        max(opted_in_at) as opted_in_at,
        max(opted_out_at) as opted_out_at,
        max(own_opted_out_at) as own_opted_out_at

    from resolved

    group by customer_id, channel

),

-- a customer opts out with all their cards and their address
opted_out_ids as (

    select
        connections.from_id as customer_id,
        customers.channel,
        max(customers.own_opted_out_at) as opted_out_at

    from customers
    inner join connections on customers.customer_id = connections.to_id and connections.is_later = 0

    where customers.own_opted_out_at is not null

    group by connections.from_id, customers.channel

),

-- and so with all other accounts of the address
opted_out_accounts as (

    select
        connections.to_id as customer_id,
        opted_out_ids.channel,
        opted_out_ids.opted_out_at

    from opted_out_ids
    inner join connections on opted_out_ids.customer_id = connections.from_id and connections.is_later = 0

),

combined as (

    select
        customer_id,
        channel,
        opted_in_at,
        opted_out_at

    from customers

    union all

    select
        customer_id,
        channel,
        cast(null as timestamp) as opted_in_at,
        opted_out_at

    from opted_out_ids

    union all

    select
        customer_id,
        channel,
        cast(null as timestamp) as opted_in_at,
        opted_out_at

    from opted_out_accounts

),

final as (

    select
        customer_id,
        channel,
        -- at one moment the opt-out wins
        coalesce(max(opted_in_at) > coalesce(max(opted_out_at), cast('0001-01-01' as timestamp)), false) as is_allowed

    from combined

    where opted_in_at is not null or opted_out_at is not null

    group by customer_id, channel

)

select * from final
