with outcomes as (

    select
        snapshot_date,
        label_through,
        customer_id,
        churned

    from {{ ref('int_snapshot_outcomes') }}

    where is_in_sample

),

final as (

    select
        outcomes.snapshot_date,
        outcomes.label_through,
        outcomes.customer_id,
        {% for feature in churn_features() -%}
        features.{{ feature }},
        {% endfor -%}
        outcomes.churned

    from outcomes
    inner join {{ ref('int_churn_features') }} as features
        on outcomes.snapshot_date = features.snapshot_date and outcomes.customer_id = features.customer_id

)

select * from final
