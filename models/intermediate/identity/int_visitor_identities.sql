with visitors as (

    select * from {{ ref('int_visitors_known') }}

),

logins as (

    select
        visitor_id,
        logged_in_at,
        min({{ byte_order('customer_id') }}) as customer_id

    from {{ ref('int_logins') }}

    group by visitor_id, logged_in_at

),

anonymous_moments as (

    select distinct
        events.visitor_id,
        events.occurred_at

    from {{ ref('int_events_countable') }} as events
    inner join visitors on events.visitor_id = visitors.visitor_id

    where events.left_out_reason is null and events.customer_id is null

),

moments as (

    select
        visitor_id,
        occurred_at,
        cast(null as timestamp) as logged_in_at

    from anonymous_moments

    union all

    select
        visitor_id,
        logged_in_at as occurred_at,
        logged_in_at

    from logins

    where logged_in_at is not null

),

neighbours as (

    select
        visitor_id,
        occurred_at,
        logged_in_at is null as is_anonymous,
        min(logged_in_at) over (
            partition by visitor_id order by occurred_at desc range between unbounded preceding and current row
        ) as next_login_at,
        max(logged_in_at) over (
            partition by visitor_id order by occurred_at range between unbounded preceding and current row
        ) as previous_login_at

    from moments

),

judged as (

    select
        neighbours.visitor_id,
        neighbours.occurred_at,
        neighbours.next_login_at,
        neighbours.previous_login_at,
        visitors.linked_customer_id,
        case
            when
                not visitors.is_shared
                and neighbours.next_login_at
                <= neighbours.occurred_at + interval '{{ var("identity_window_days") * 24 }} hours'
                then 'next_login'
            when
                neighbours.previous_login_at
                >= neighbours.occurred_at - interval '{{ var("identity_window_days") * 24 }} hours'
                then 'previous_login'
            when not visitors.is_shared and visitors.linked_customer_id is not null then 'visitor_link'
        end as identity_rule

    from neighbours
    inner join visitors on neighbours.visitor_id = visitors.visitor_id

    where neighbours.is_anonymous

),

final as (

    select
        judged.visitor_id,
        judged.occurred_at,
        judged.identity_rule,
        coalesce(logins.customer_id, judged.linked_customer_id) as customer_id

    from judged
    left join logins
        on
            judged.visitor_id = logins.visitor_id
            and case judged.identity_rule
                when 'next_login' then judged.next_login_at
                when 'previous_login' then judged.previous_login_at
            end = logins.logged_in_at

    where judged.identity_rule is not null

)

select * from final
