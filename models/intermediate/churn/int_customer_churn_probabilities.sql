with scores as (

    select scores.*
    from {{ ref('int_churn_scores') }} as scores
    inner join {{ ref('int_as_of') }} as as_of on scores.snapshot_date = as_of.as_of_date

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

banded as (

    select
        published.*,
        case
            when churn_probability >= {{ churn_threshold() }} then 'high'
            when churn_probability >= 0.40 then 'medium'
            when churn_probability is not null then 'low'
        end as risk_band

    from published

),

final as (

    select
        banded.customer_id,
        banded.is_churned,
        banded.is_warned or coalesce(banded.churn_probability >= {{ churn_threshold() }}, false) as is_warned,
        banded.churn_probability,
        banded.churn_probability_bgnbd,
        banded.churn_probability_logistic,
        banded.risk_band,
        case when banded.churn_probability is null then 'none' else banded.probability_method end as probability_method,
        -- only what the published probability rests on is a reason for it
        case
            when coalesce(banded.risk_band, 'low') = 'low' then null
            when banded.probability_method = 'logistic' then coalesce(drivers.main_driver, 'usual')
            when banded.probability_method = 'recency_band' then 'recency_band'
            when banded.probability_method = 'bgnbd' and predicted.is_rather_gone then 'dropped_out'
            when banded.probability_method = 'bgnbd' then 'buys_rarely'
        end as main_driver

    from banded
    left join {{ ref('int_churn_drivers') }} as drivers
        on banded.snapshot_date = drivers.snapshot_date and banded.customer_id = drivers.customer_id
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on banded.snapshot_date = predicted.snapshot_date and banded.customer_id = predicted.customer_id

)

select * from final
