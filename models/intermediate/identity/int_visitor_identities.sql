with as_of as (

    select * from {{ ref('int_as_of') }}

),

identity_map as (

    select * from {{ ref('stg_shop__identity_map') }}

),

bots as (

    select * from {{ ref('int_bots') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

links as (

    select
        links.identifier as visitor_id,
        links.customer_id,
        links.linked_at,
        -- a link without a date is resolved at the end of as_of_date
        coalesce(links.linked_at, as_of.as_of_end_at - interval '1 microsecond') as applies_at

    from {{ ref('base_shop__identity_links') }} as links
    cross join as_of

    where
        links.rejection_reason is null
        and links.identifier_type = 'visitor'
        and (links.linked_at is null or links.linked_at < as_of.as_of_end_at)

),

-- a link from a device to a customer is a login, but logins of bots are ignored
visitor_links as (

    select
        events.visitor_id,
        coalesce(identity_map.customer_id, events.customer_id) as customer_id,
        events.occurred_at as logged_in_at

    from {{ ref('stg_shop__events') }} as events
    cross join as_of
    left join identity_map on {{ link_applies('events.customer_id', 'events.occurred_at') }}
    left join bots as bot_user_agents on events.user_agent = bot_user_agents.identifier and bot_user_agents.kind = 'user_agent'
    left join bots as bot_visitors on events.visitor_id = bot_visitors.identifier and bot_visitors.kind = 'visitor'

    where
        {{ is_up_to_as_of('events.occurred_at') }}
        and events.visitor_id is not null
        and events.customer_id is not null
        and bot_user_agents.identifier is null
        and bot_visitors.identifier is null

    union all

    select
        links.visitor_id,
        coalesce(identity_map.customer_id, links.customer_id) as customer_id,
        links.linked_at as logged_in_at

    from links
    left join identity_map on {{ link_applies('links.customer_id', 'links.applies_at') }}

),

logins as (

    select distinct
        visitors.person_key as visitor_key,
        customers.person_key as customer_key,
        visitor_links.logged_in_at

    from visitor_links
    inner join persons as visitors on visitor_links.visitor_id = visitors.visitor_id
    inner join persons as customers on visitor_links.customer_id = customers.customer_id

),

-- person_key follows the order of person_id, so the smallest key has the smallest id
visitors as (

    select
        visitor_key,
        count(distinct customer_key) > {{ var('shared_device_customers') }} as is_shared,
        min(case when logged_in_at is null then customer_key end) as linked_customer_key

    from logins

    group by visitor_key

),

login_times as (

    select
        visitor_key,
        logged_in_at,
        min(customer_key) as customer_key

    from logins

    where logged_in_at is not null

    group by visitor_key, logged_in_at

),

events_and_logins as (

    select distinct
        visitors.visitor_key,
        events.occurred_at,
        cast(null as timestamp) as logged_in_at

    from {{ ref('stg_shop__events') }} as events
    cross join as_of
    inner join persons on events.visitor_id = persons.visitor_id
    inner join visitors on persons.person_key = visitors.visitor_key

    where {{ is_up_to_as_of('events.occurred_at') }} and events.customer_id is null

    union all

    select
        visitor_key,
        logged_in_at as occurred_at,
        logged_in_at

    from login_times

),

adjacent_logins as (

    select
        visitor_key,
        occurred_at,
        logged_in_at is null as is_anonymous,
        -- both windows have the same order, so that DuckDB sorts once
        min(logged_in_at) over (
            partition by visitor_key order by occurred_at range between current row and unbounded following
        ) as next_login_at,
        max(logged_in_at) over (
            partition by visitor_key order by occurred_at range between unbounded preceding and current row
        ) as previous_login_at

    from events_and_logins

),

matched_events as (

    select
        adjacent_logins.visitor_key,
        adjacent_logins.occurred_at,
        adjacent_logins.next_login_at,
        adjacent_logins.previous_login_at,
        visitors.is_shared,
        visitors.linked_customer_key,
        case
            when
                not visitors.is_shared
                and adjacent_logins.next_login_at
                <= adjacent_logins.occurred_at + interval '{{ var("identity_window_days") * 24 }} hours'
                then 'next_login'
            when
                adjacent_logins.previous_login_at
                >= adjacent_logins.occurred_at - interval '{{ var("identity_window_days") * 24 }} hours'
                then 'previous_login'
            when not visitors.is_shared and visitors.linked_customer_key is not null then 'visitor_link'
        end as identity_rule

    from adjacent_logins
    inner join visitors on adjacent_logins.visitor_key = visitors.visitor_key

    where adjacent_logins.is_anonymous

),

final as (

    select
        logins.visitor_key,
        logins.logged_in_at as occurred_at,
        'login' as identity_rule,
        logins.customer_key,
        visitors.is_shared

    from logins
    inner join visitors on logins.visitor_key = visitors.visitor_key

    -- only audit_shared_devices reads logins, and most rows of this table would be logins of other devices
    where visitors.is_shared

    union all

    select
        matched_events.visitor_key,
        matched_events.occurred_at,
        matched_events.identity_rule,
        coalesce(login_times.customer_key, matched_events.linked_customer_key) as customer_key,
        matched_events.is_shared

    from matched_events
    left join login_times
        on
            matched_events.visitor_key = login_times.visitor_key
            and case matched_events.identity_rule
                when 'next_login' then matched_events.next_login_at
                when 'previous_login' then matched_events.previous_login_at
            end = login_times.logged_in_at

    where matched_events.identity_rule is not null

)

select * from final
