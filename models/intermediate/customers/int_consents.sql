with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

changes as (

    select
        cutoffs.cutoff_date,
        coalesce(aliases.customer_id, subscriptions.customer_id) as customer_id,
        subscriptions.channel,
        subscriptions.is_subscribed,
        subscriptions.changed_at,
        subscriptions.changed_date

    from {{ ref('stg_shop__subscriptions') }} as subscriptions
    inner join cutoffs on subscriptions.changed_date <= cutoffs.cutoff_date
    left join aliases
        on
            subscriptions.customer_id = aliases.identifier
            and subscriptions.changed_at >= aliases.valid_from
            and subscriptions.changed_at < aliases.valid_to

),

ranked as (

    select
        changes.*,
        -- two accounts of one person may contradict each other: then no counts
        row_number() over (
            partition by cutoff_date, customer_id, channel
            order by changed_at desc, case when is_subscribed then 1 else 0 end
        ) as change_age

    from changes

),

final as (

    select
        cutoff_date,
        customer_id,
        channel,
        is_subscribed,
        changed_date

    from ranked

    where change_age = 1

)

select * from final
