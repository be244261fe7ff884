with segmented as (

    select * from {{ ref('int_customer_rfm_segmented') }}

    where is_complete_month

),

previous as (

    select
        segmented.*,
        lag(value_tier) over (partition by customer_id order by snapshot_month) as previous_value_tier

    from segmented

),

-- the number of changes so far numbers the stays in a tier
stays as (

    select
        previous.*,
        sum(case when value_tier is distinct from previous_value_tier then 1 else 0 end) over (
            partition by customer_id order by snapshot_month rows between unbounded preceding and current row
        ) as stay_number

    from previous

),

final as (

    select
        customer_id,
        snapshot_month as month,
        snapshot_date as as_of_date,
        cast(recency_days as integer) as recency_days,
        frequency,
        monetary_amount,
        r_score,
        f_score,
        m_score,
        rfm_cell,
        value_tier,
        lifecycle_segment,
        behaviour_segment,
        rfm_8,
        rfm_11,
        coalesce(previous_value_tier, 'none') as previous_value_tier,
        cast(
            row_number() over (partition by customer_id, stay_number order by snapshot_month) as integer
        ) as months_in_tier

    from stays

)

select * from final
