-- Consent fails closed: opt-ins count up to as_of_date, but opt-outs, links and accounts from the moment the build knows them.
with as_of as (

    select * from {{ ref('int_as_of') }}

),

linked_ids as (

    select * from {{ ref('int_linked_ids') }}

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

resolved as (

    select
        customer_id,
        channel,
        opted_in_at,
        opted_out_at,
        opted_out_at as own_opted_out_at

    from subscriptions

    union all

    select
        linked_ids.leads_to as customer_id,
        subscriptions.channel,
        case when linked_ids.is_certain then subscriptions.opted_in_at end as opted_in_at,
        subscriptions.opted_out_at,
        case when linked_ids.is_certain then subscriptions.opted_out_at end as own_opted_out_at

    from subscriptions
    inner join linked_ids on subscriptions.customer_id = linked_ids.customer_id

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
        linked_ids.customer_id,
        customers.channel,
        max(customers.own_opted_out_at) as opted_out_at

    from customers
    inner join linked_ids on customers.customer_id = linked_ids.leads_to and linked_ids.is_certain

    where customers.own_opted_out_at is not null

    group by linked_ids.customer_id, customers.channel

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

    -- and so with all other accounts of the address
    select
        linked_ids.leads_to as customer_id,
        opted_out_ids.channel,
        cast(null as timestamp) as opted_in_at,
        opted_out_ids.opted_out_at

    from opted_out_ids
    inner join linked_ids on opted_out_ids.customer_id = linked_ids.customer_id and linked_ids.is_certain

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
