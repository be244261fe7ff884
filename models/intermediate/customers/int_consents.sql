with as_of as (

    select * from {{ ref('int_as_of') }}

),

identity_map as (

    select * from {{ ref('stg_shop__identity_map') }}

),

resolved as (

    select
        coalesce(identity_map.customer_id, subscriptions.customer_id) as customer_id,
        subscriptions.channel,
        subscriptions.is_subscribed,
        subscriptions.changed_at,
        subscriptions.changed_date

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    cross join as_of
    left join identity_map
        on {{ link_applies('subscriptions.customer_id', 'subscriptions.changed_at') }}

    where {{ is_up_to_as_of('subscriptions.changed_at') }}

),

-- two accounts of one person may conflict at the same time: then the withdrawal comes last
compared as (

    select
        resolved.*,
        lag(is_subscribed) over (
            partition by customer_id, channel order by changed_at, case when is_subscribed then 0 else 1 end
        ) as was_subscribed

    from resolved

),

-- repeated records are not changes
changes as (

    select * from compared
    where was_subscribed is distinct from is_subscribed

),

final as (

    select
        customer_id,
        channel,
        is_subscribed,
        changed_at,
        changed_date,
        lead(changed_date) over (
            partition by customer_id, channel order by changed_at, case when is_subscribed then 0 else 1 end
        ) as next_changed_date

    from changes

)

select * from final
