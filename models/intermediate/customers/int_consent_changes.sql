with as_of as (

    select * from {{ ref('int_as_of') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

final as (

    select
        coalesce(aliases.customer_id, subscriptions.customer_id) as customer_id,
        subscriptions.channel,
        subscriptions.is_subscribed,
        subscriptions.changed_at,
        subscriptions.changed_date

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    cross join as_of
    left join aliases
        on {{ link_applies('subscriptions.customer_id', 'subscriptions.changed_at') }}

    where {{ is_up_to_as_of('subscriptions.changed_at') }}

)

select * from final
