with measures as (

    select * from {{ ref('int_customer_rfm_measures') }}

),

-- the bounds side by side in one row, so that no customer is joined to five bands three times
bounds as (

    select
        max(case when measure = 'recency_days' and score = 5 then upper_bound end) as r5_upper,
        max(case when measure = 'recency_days' and score = 4 then upper_bound end) as r4_upper,
        max(case when measure = 'recency_days' and score = 3 then upper_bound end) as r3_upper,
        max(case when measure = 'recency_days' and score = 2 then upper_bound end) as r2_upper,
        max(case when measure = 'frequency' and score = 5 then lower_bound end) as f5_lower,
        max(case when measure = 'frequency' and score = 4 then lower_bound end) as f4_lower,
        max(case when measure = 'frequency' and score = 3 then lower_bound end) as f3_lower,
        max(case when measure = 'frequency' and score = 2 then lower_bound end) as f2_lower,
        max(case when measure = 'monetary_amount' and score = 5 then lower_bound end) as m5_lower,
        max(case when measure = 'monetary_amount' and score = 4 then lower_bound end) as m4_lower,
        max(case when measure = 'monetary_amount' and score = 3 then lower_bound end) as m3_lower,
        max(case when measure = 'monetary_amount' and score = 2 then lower_bound end) as m2_lower

    from {{ ref('rfm_bands') }}

),

final as (

    select
        measures.customer_id,
        measures.snapshot_month,
        case
            {% for score in [5, 4, 3, 2] -%}
            when measures.recency_days <= bounds.r{{ score }}_upper then {{ score }}
            {% endfor -%}
            else 1
        end as r_score,
        case
            {% for score in [5, 4, 3, 2] -%}
            when measures.frequency >= bounds.f{{ score }}_lower then {{ score }}
            {% endfor -%}
            else 1
        end as f_score,
        case
            {% for score in [5, 4, 3, 2] -%}
            when measures.monetary_amount >= bounds.m{{ score }}_lower then {{ score }}
            {% endfor -%}
            else 1
        end as m_score

    from measures
    cross join bounds

)

select * from final
