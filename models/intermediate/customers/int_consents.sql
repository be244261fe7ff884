with as_of as (

    select * from {{ ref('int_as_of') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

changes as (

    select
        coalesce(aliases.customer_id, subscriptions.customer_id) as customer_id,
        subscriptions.channel,
        subscriptions.is_subscribed,
        subscriptions.changed_at,
        subscriptions.changed_date

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    cross join as_of
    left join aliases
        on
            subscriptions.customer_id = aliases.identifier
            and subscriptions.changed_at >= aliases.valid_from
            and subscriptions.changed_at < aliases.valid_to

    where {{ is_up_to_as_of('subscriptions.changed_at') }}

),

ranked as (

    select
        changes.*,
        -- two accounts of one person may contradict each other: then no counts
        row_number() over (
            partition by customer_id, channel
            order by changed_at desc, case when is_subscribed then 1 else 0 end
        ) as change_age

    from changes

),

final as (

    select
        customer_id,
        channel,
        is_subscribed,
        changed_date

    from ranked

    where change_age = 1

)

select * from final
