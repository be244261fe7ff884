with results as (

    select
        backtest.*,
        churners * (customers - churners) as pairs,
        {{ share('churners', 'customers') }} as base_rate,
        {{ share('won_half_pairs', '2 * churners * (customers - churners)') }} as auc

    from {{ ref('int_churn_backtest') }} as backtest

    -- a method may be published without a back-test
    where snapshot_date is not null

),

methods as (

    select
        results.*,
        results.method as result_of

    from results

    union all

    select
        results.*,
        'published' as result_of

    from results

    where is_published

),

baseline as (

    select auc
    from results
    where method = 'days_since_last_order'

),

final as (

    select
        methods.result_of as method,
        labels.label_en as method_en,
        labels.label_zh as method_zh,
        methods.method as score_of,
        methods.snapshot_date as cutoff_date,
        {{ var('churn_horizon_days') }} as horizon_days,
        cast(methods.customers as integer) as customers,
        cast(methods.churners as integer) as leavers,
        methods.base_rate,
        cast(methods.won_half_pairs / 2.0 as numeric(18, 1)) as won_pairs,
        cast(methods.pairs as bigint) as pairs,
        methods.auc,
        cast(case when methods.brier is not null then methods.squared_errors end as numeric(18, 6)) as squared_errors,
        methods.brier,
        cast(methods.base_rate * (1 - methods.base_rate) as numeric(18, 6)) as base_rate_brier,
        cast(methods.flagged as integer) as flagged,
        cast(methods.flagged_churners as integer) as flagged_leavers,
        {{ share('methods.flagged_churners', 'methods.flagged') }} as precision,
        {{ share('methods.flagged_churners', 'methods.churners') }} as recall,
        cast(methods.top_decile_customers as integer) as top_decile_customers,
        cast(methods.top_decile_churners as integer) as top_decile_leavers,
        cast({{ exact_ratio(
            'methods.top_decile_churners * methods.customers', 'methods.top_decile_customers * methods.churners', 6
        ) }} as numeric(18, 6)) as lift_top_decile,
        methods.auc > baseline.auc as is_better_than_days_since_last_order

    from methods
    cross join baseline
    left join {{ ref('labels') }} as labels on labels.code_type = 'churn_method' and methods.result_of = labels.code

)

select * from final
