with outcomes as (

    select
        cutoff_date,
        label_through,
        customer_id,
        has_left

    from {{ ref('int_cutoff_outcomes') }}

    where is_in_sample

),

final as (

    select
        outcomes.cutoff_date,
        outcomes.label_through,
        outcomes.customer_id,
        {% for feature in churn_features() -%}
        features.{{ feature }},
        {% endfor -%}
        outcomes.has_left

    from outcomes
    inner join {{ ref('int_churn_features') }} as features
        on outcomes.cutoff_date = features.cutoff_date and outcomes.customer_id = features.customer_id

)

select * from final
