with measures as (

    select * from {{ ref('int_customer_rfm_measures') }}

),

scores as (

    select * from {{ ref('int_customer_rfm_scored_by_quantiles' if var('rfm_scoring') == 'quantiles' else 'int_customer_rfm_scored_by_bands') }}

),

cell_segments as (

    select * from {{ ref('int_rfm_cell_segments') }}

),

final as (

    select
        measures.customer_id,
        measures.snapshot_month,
        measures.snapshot_date,
        measures.is_complete_month,
        measures.is_as_of_date,
        measures.recency_days,
        measures.frequency,
        measures.monetary_amount,
        scores.r_score,
        scores.f_score,
        scores.m_score,
        cell_segments.rfm_cell,
        coalesce(cell_segments.value_tier, 'unscored') as value_tier,
        coalesce(cell_segments.lifecycle_segment, 'unscored') as lifecycle_segment,
        coalesce(cell_segments.behaviour_segment, 'unscored') as behaviour_segment,
        coalesce(cell_segments.rfm_8, 'unscored') as rfm_8,
        coalesce(cell_segments.rfm_11, 'unscored') as rfm_11

    from measures
    inner join scores
        on measures.customer_id = scores.customer_id and measures.snapshot_month = scores.snapshot_month
    left join cell_segments
        on
            scores.r_score = cell_segments.r_score
            and scores.f_score = cell_segments.f_score
            and scores.m_score = cell_segments.m_score

)

select * from final
