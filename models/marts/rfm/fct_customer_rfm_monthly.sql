with rfm as (

    select * from {{ ref('int_customer_rfm') }}

    where is_complete_month

),

previous as (

    select
        rfm.*,
        lag(value_tier) over (partition by customer_id order by month) as previous_value_tier

    from rfm

),

-- the running count of changes identifies each stay in a tier
tier_runs as (

    select
        previous.*,
        sum(case when value_tier is distinct from previous_value_tier then 1 else 0 end) over (
            partition by customer_id order by month rows between unbounded preceding and current row
        ) as tier_run_number

    from previous

),

final as (

    select
        customer_id,
        month,
        snapshot_date as as_of_date,
        cast(recency_days as integer) as recency_days,
        frequency,
        monetary_amount,
        r_score,
        f_score,
        m_score,
        rfm_cell,
        {% for scheme in rfm_schemes() -%}
        {{ scheme }},
        {% endfor -%}
        coalesce(previous_value_tier, 'none') as previous_value_tier,
        cast(
            row_number() over (partition by customer_id, tier_run_number order by month) as integer
        ) as months_in_tier

    from tier_runs

)

select * from final
