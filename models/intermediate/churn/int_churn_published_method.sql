with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

available as (

    select
        max(case when parameters.model = 'logistic' then 1 else 0 end) = 1 as has_logistic,
        max(case when parameters.model = 'bg_nbd' then 1 else 0 end) = 1 as has_bgnbd

    from {{ ref('int_snapshot_parameters') }} as parameters
    inner join as_of on parameters.snapshot_date = as_of.as_of_date

),

band_rates as (

    select count(*) > 0 as has_recency_bands
    from {{ ref('int_recency_band_rates') }} as rates
    inner join as_of on rates.snapshot_date = as_of.as_of_date

),

results as (

    select
        max(case when method = 'logistic' then brier end) as logistic_brier,
        max(case when method = 'bgnbd' then brier end) as bgnbd_brier

    from {{ ref('int_churn_backtest') }}

),

-- the logistic model has to show that it is better than the simpler one
chosen as (

    select
        case
            when available.has_logistic and results.logistic_brier < coalesce(results.bgnbd_brier, 1) then 'logistic'
            when available.has_bgnbd then 'bgnbd'
            when band_rates.has_recency_bands then 'recency_band'
            else 'none'
        end as probability_method

    from available
    cross join band_rates
    cross join results

),

final as (

    select
        probability_method,
        -- a band's rate ranks customers as the days do
        case probability_method when 'recency_band' then 'days_since_last_order' else probability_method end as backtest_method

    from chosen

)

select * from final
