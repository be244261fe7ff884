with segmented as (

    select * from {{ ref('int_customer_rfm_segmented') }}

    where is_as_of_date

),

final as (

    select
        customer_id,
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
        rfm_11

    from segmented

)

select * from final
