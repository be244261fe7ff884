with measures as (

    select * from {{ ref('int_customer_rfm_measures') }}

),

-- the bounds side by side in one row, so that no customer is joined to five bands three times
bounds as (

    select
        {% for score in [5, 4, 3, 2] -%}
        max(case when measure = 'recency_days' and score = {{ score }} then upper_bound end) as r{{ score }}_upper,
        max(case when measure = 'frequency' and score = {{ score }} then lower_bound end) as f{{ score }}_lower,
        max(case when measure = 'monetary_amount' and score = {{ score }} then lower_bound end)
            as m{{ score }}_lower{{ "," if not loop.last }}
        {% endfor %}
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
