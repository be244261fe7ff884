with scores as (

    select * from {{ ref('int_churn_backtest_scores') }}

),

by_score as (

    select
        method,
        score,
        sum(case when churned then 1 else 0 end) as leavers,
        sum(case when churned then 0 else 1 end) as stayers

    from scores

    group by method, score

),

ordered as (

    select
        by_score.*,
        sum(stayers) over (partition by method order by score rows between unbounded preceding and current row)
        - stayers as stayers_below

    from by_score

),

-- the chance that one who left had the higher score than one who stayed, equal scores counting half
ranking as (

    select
        method,
        sum(leavers * (2 * stayers_below + stayers)) as won_half_pairs,
        sum(leavers) * sum(stayers) as pairs

    from ordered

    group by method

),

top_scores as (

    select
        method,
        churned,
        row_number() over (partition by method order by score desc, {{ byte_order('customer_id') }}) as score_rank,
        count(*) over (partition by method) as customers

    from scores

),

top_deciles as (

    select
        method,
        count(*) as top_decile_customers,
        sum(case when churned then 1 else 0 end) as top_decile_leavers

    from top_scores

    where score_rank <= ceil(customers / 10.0)

    group by method

),

totals as (

    select
        method,
        snapshot_date,
        count(*) as customers,
        sum(case when churned then 1 else 0 end) as leavers,
        sum(case when is_flagged then 1 else 0 end) as flagged,
        sum(case when is_flagged and churned then 1 else 0 end) as flagged_leavers,
        count(churn_probability) as customers_with_probability,
        sum(
            (churn_probability - case when churned then 1 else 0 end) * (churn_probability - case when churned then 1 else 0 end)
        ) as squared_errors

    from scores

    group by method, snapshot_date

),

final as (

    select
        totals.*,
        ranking.won_half_pairs,
        ranking.pairs,
        top_deciles.top_decile_customers,
        top_deciles.top_decile_leavers,
        {{ share('totals.leavers', 'totals.customers') }} as base_rate,
        {{ share('ranking.won_half_pairs', '2 * ranking.pairs') }} as auc,
        case
            when totals.customers_with_probability = totals.customers
                then {{ share('totals.squared_errors', 'totals.customers') }}
        end as brier

    from totals
    inner join ranking on totals.method = ranking.method
    inner join top_deciles on totals.method = top_deciles.method

)

select * from final
