with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}

),

ranked as (

    select
        cutoffs.cutoff_date,
        changes.*,
        -- two accounts of one person may contradict each other: then no counts
        row_number() over (
            partition by cutoffs.cutoff_date, changes.customer_id, changes.channel
            order by changes.changed_at desc, case when changes.is_subscribed then 1 else 0 end
        ) as change_age

    from {{ ref('int_consent_changes') }} as changes
    inner join cutoffs on changes.changed_date <= cutoffs.cutoff_date

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
