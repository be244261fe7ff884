with scores as (

    select scores.*
    from {{ ref('int_churn_scores') }} as scores
    inner join {{ ref('int_as_of') }} as as_of on scores.cutoff_date = as_of.as_of_date

),

published as (

    select
        scores.*,
        methods.probability_method,
        case methods.probability_method
            when 'logistic' then scores.churn_probability_logistic
            when 'bgnbd' then scores.churn_probability_bgnbd
            when 'recency_band' then scores.recency_band_rate
        end as churn_probability

    from scores
    cross join {{ ref('int_churn_published_method') }} as methods

),

final as (

    select
        published.customer_id,
        published.is_churned,
        published.is_warned or coalesce(published.churn_probability >= {{ churn_threshold() }}, false) as is_warned,
        published.churn_probability,
        published.churn_probability_bgnbd,
        published.churn_probability_logistic,
        case
            when published.churn_probability >= {{ churn_threshold() }} then 'high'
            when published.churn_probability >= 0.40 then 'medium'
            when published.churn_probability is not null then 'low'
        end as risk_band,
        case when published.churn_probability is null then 'none' else published.probability_method end as probability_method,
        -- only what the published probability rests on is a reason for it
        case
            when coalesce(published.churn_probability, 0) < 0.40 then null
            when published.probability_method = 'logistic' then drivers.main_driver
            when published.probability_method = 'recency_band' then 'recency'
            when published.probability_method = 'bgnbd' and predicted.probability_alive < 0.5 then 'dropped_out'
            when published.probability_method = 'bgnbd' then 'buys_rarely'
        end as main_driver

    from published
    left join {{ ref('int_churn_drivers') }} as drivers
        on published.cutoff_date = drivers.cutoff_date and published.customer_id = drivers.customer_id
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on published.cutoff_date = predicted.cutoff_date and published.customer_id = predicted.customer_id

)

select * from final
