with as_of as (

    select * from {{ ref('int_as_of') }}

),

identity_map as (

    select * from {{ ref('stg_shop__identity_map') }}

),

email_owners as (

    select
        customers.customer_id,
        'person:' || substr(customers.email_hash, 1, 32) as email_id

    from {{ ref('stg_shop__customers') }} as customers
    cross join as_of

    where customers.is_email_owner and coalesce(customers.registered_at < as_of.as_of_end_at, true)

),

-- an opt-out on an unknown channel covers all channels; an opt-out without a date is the last change, and is not dated here either
accounts as (

    select
        coalesce(email_owners.customer_id, subscriptions.customer_id) as account_id,
        channels.channel,
        subscriptions.is_subscribed,
        subscriptions.changed_at,
        subscriptions.changed_date,
        coalesce(subscriptions.changed_at, as_of.as_of_end_at - interval '1 microsecond') as applies_at

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    cross join as_of
    inner join {{ ref('contact_channels') }} as channels
        on
            subscriptions.channel = channels.channel
            or (subscriptions.channel is null and not subscriptions.is_subscribed)
    left join email_owners on subscriptions.customer_id = email_owners.email_id

    where
        subscriptions.customer_id is not null
        and ({{ is_up_to_as_of('subscriptions.changed_at') }} or subscriptions.changed_at is null)

),

resolved as (

    select
        coalesce(identity_map.customer_id, accounts.account_id) as customer_id,
        accounts.channel,
        accounts.is_subscribed,
        accounts.changed_at,
        accounts.changed_date

    from accounts
    left join identity_map
        on {{ link_applies('accounts.account_id', 'accounts.applies_at') }}

),

-- two accounts of one person may conflict at the same time: then the withdrawal comes last
compared as (

    select
        resolved.*,
        lag(is_subscribed) over (
            partition by customer_id, channel order by changed_at nulls last, case when is_subscribed then 0 else 1 end
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
            partition by customer_id, channel order by changed_at nulls last, case when is_subscribed then 0 else 1 end
        ) as next_changed_date

    from changes

)

select * from final
