with scores as (

    select
        method,
        cutoff_date,
        customer_id,
        churn_probability,
        has_left

    from {{ ref('int_churn_backtest_scores') }}

    where churn_probability is not null

),

published as (

    select backtest_method as method
    from {{ ref('int_churn_published_method') }}

),

methods as (

    select * from scores

    union all

    select
        'published' as method,
        scores.cutoff_date,
        scores.customer_id,
        scores.churn_probability,
        scores.has_left

    from scores
    inner join published on scores.method = published.method

),

ranked as (

    select
        methods.*,
        row_number() over (partition by method order by churn_probability, {{ byte_order('customer_id') }}) as score_rank,
        count(*) over (partition by method) as method_customers

    from methods

),

deciles as (

    select
        ranked.*,
        cast(ceil(10.0 * score_rank / method_customers) as integer) as decile

    from ranked

),

final as (

    select
        deciles.method,
        deciles.cutoff_date,
        deciles.decile,
        cast(count(*) as integer) as customers,
        cast(sum(case when deciles.has_left then 1 else 0 end) as integer) as leavers,
        cast(sum(deciles.churn_probability) as numeric(18, 6)) as expected_leavers,
        {{ share('sum(deciles.churn_probability)', 'count(*)') }} as predicted,
        {{ share('sum(case when deciles.has_left then 1 else 0 end)', 'count(*)') }} as actual

    from deciles

    group by deciles.method, deciles.cutoff_date, deciles.decile

)

select * from final
