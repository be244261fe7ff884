with measures as (

    select * from {{ ref('int_customer_rfm_measures') }}

),

-- rank() - 1 counts the customers that are strictly worse: equal values get equal scores
ranked as (

    select
        customer_id,
        snapshot_month,
        rank() over (partition by snapshot_month order by recency_days desc) - 1 as worse_recency,
        rank() over (partition by snapshot_month order by frequency) - 1 as worse_frequency,
        rank() over (partition by snapshot_month order by monetary_amount) - 1 as worse_monetary,
        count(*) over (partition by snapshot_month) as customers

    from measures

),

scored as (

    select
        customer_id,
        snapshot_month,
        customers,
        1 + cast(floor(5.0 * worse_recency / customers) as integer) as r_score,
        1 + cast(floor(5.0 * worse_frequency / customers) as integer) as f_score,
        1 + cast(floor(5.0 * worse_monetary / customers) as integer) as m_score

    from ranked

),

final as (

    select
        customer_id,
        snapshot_month,
        case when customers >= {{ var('rfm_minimum_customers') }} then r_score end as r_score,
        case when customers >= {{ var('rfm_minimum_customers') }} then f_score end as f_score,
        case when customers >= {{ var('rfm_minimum_customers') }} then m_score end as m_score

    from scored

)

select * from final
