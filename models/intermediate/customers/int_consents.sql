with cutoffs as (

    select
        cutoff_date,
        is_as_of

    from {{ ref('int_cutoffs') }}

),

-- past cutoffs look at customers only, and most of them at a sample: of a large shop that is little of all changes
known as (

    select
        cutoffs.cutoff_date,
        changes.*

    from {{ ref('int_consent_changes') }} as changes
    inner join cutoffs on changes.changed_date <= cutoffs.cutoff_date
    left join {{ ref('int_cutoff_customers') }} as customers
        on cutoffs.cutoff_date = customers.cutoff_date and changes.customer_id = customers.customer_id

    where cutoffs.is_as_of or customers.customer_id is not null

),

ranked as (

    select
        known.*,
        -- two accounts of one person may contradict each other: then no counts
        row_number() over (
            partition by cutoff_date, customer_id, channel
            order by changed_at desc, case when is_subscribed then 1 else 0 end
        ) as change_age

    from known

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
