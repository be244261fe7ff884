with as_of as (

    select * from {{ ref('int_as_of') }}

),

events as (

    select
        actor_id,
        customer_id,
        occurred_at

    from {{ ref('stg_shop__events') }}

),

final as (

    -- their events were added or changed
    select redone_key as actor_id
    from {{ redone('base_shop__events', 'actor_id') }} as redone_events

    union

    -- a link says anew whose device it is
    select redone_key as actor_id
    from {{ redone('int_visitor_links', 'actor_id') }} as redone_links

    union

    -- an account of theirs is now somebody else's
    select events.actor_id
    from events
    inner join {{ redone('stg_shop__customer_aliases', 'identifier') }} as redone_aliases
        on events.customer_id = redone_aliases.redone_key

    union

    -- they have become a bot, or are none any more
    select 'customer:' || redone_key as actor_id
    from {{ redone('int_bot_customers', 'customer_id') }} as redone_bots

    union

    select 'customer:' || aliases.identifier as actor_id
    from {{ ref('stg_shop__customer_aliases') }} as aliases
    inner join {{ redone('int_bot_customers', 'customer_id') }} as redone_bots on aliases.customer_id = redone_bots.redone_key

    union

    -- events that the last run did not know yet
    select events.actor_id
    from events
    cross join as_of
    where {{ crossed_as_of('events.occurred_at') }}

)

select * from final
