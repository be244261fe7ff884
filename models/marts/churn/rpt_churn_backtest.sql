{#- score, flag and churn probability (if any) of each method; flags that exclude churned customers are not compared with them -#}
{%- set methods = {
    'days_since_last_order': ('recency_days', 'is_churned', 'recency_band_rate'),
    'personal_gap': ('overdue_ratio', 'overdue_ratio >= overdue_from', 'null'),
    'rule_flags': ('case when is_churned then 2 when is_warned then 1 else 0 end', 'is_churned or is_warned', 'null'),
    'bgnbd': ('churn_probability_bgnbd', 'churn_probability_bgnbd >= at_risk_from', 'churn_probability_bgnbd'),
    'logistic': ('churn_probability_logistic', 'churn_probability_logistic >= at_risk_from', 'churn_probability_logistic'),
    'at_risk': ('case when is_churned then null when is_at_risk then 1 else 0 end', 'is_at_risk', 'null'),
    'churn_warning': ('case when is_churned then null when is_churn_warning then 1 else 0 end', 'is_churn_warning', 'null'),
} -%}

with thresholds as (

    select
        min(bands.lower_bound) as at_risk_from,
        max(signals.threshold) as overdue_from

    from {{ ref('churn_risk_bands') }} as bands
    cross join {{ ref('churn_signals') }} as signals

    where bands.is_at_risk and signals.signal = 'overdue'

),

scores as (

    select
        scores.*,
        thresholds.at_risk_from,
        thresholds.overdue_from,
        case when scores.churned then 1 else 0 end as outcome

    from {{ ref('int_customer_churn') }} as scores
    cross join thresholds

    where scores.churned is not null

),

scored as (

    {% for method, (score, flag, probability) in methods.items() -%}
    select
        '{{ method }}' as method,
        snapshot_date,
        customer_id,
        outcome,
        cast({{ score }} as numeric(18, 6)) as score,
        {{ flag }} as is_flagged,
        cast({{ probability }} as numeric(18, 6)) as churn_probability
    from scores
    where {{ score }} is not null
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor %}

),

ranked as (

    select
        scored.*,
        count(*) over (partition by method) as customers,
        row_number() over (partition by method order by score desc, {{ binary_collation('customer_id') }}) as score_rank,
        sum(1 - outcome) over (partition by method order by score) as retained_up_to_score,
        sum(1 - outcome) over (partition by method)
        - sum(1 - outcome) over (partition by method order by score desc) as retained_below_score

    from scored

),

counted as (

    select
        method,
        snapshot_date,
        customers,
        sum(outcome) as churners,
        sum(case when is_flagged then 1 else 0 end) as flagged,
        sum(case when is_flagged then outcome else 0 end) as flagged_churners,
        sum(case when score_rank <= ceil(customers / 10.0) then 1 else 0 end) as top_decile_customers,
        sum(case when score_rank <= ceil(customers / 10.0) then outcome else 0 end) as top_decile_churners,
        -- AUC over pairs of a churned and a retained customer: a tie counts as half
        sum(outcome * (retained_up_to_score + retained_below_score)) as won_half_pairs,
        -- only for methods that give every customer a probability
        case
            when count(churn_probability) = customers then sum((churn_probability - outcome) * (churn_probability - outcome))
        end as squared_errors

    from ranked

    group by method, snapshot_date, customers

),

results as (

    select
        counted.*,
        {{ safe_divide('churners', 'customers') }} as base_rate,
        {{ safe_divide('won_half_pairs', '2 * churners * (customers - churners)') }} as auc,
        {{ safe_divide('squared_errors', 'customers') }} as brier

    from counted

),

-- the published method gets a second row named published
names as (

    select
        method,
        method as score_of

    from results

    union

    select
        'published' as method,
        published_method as score_of

    from {{ ref('int_customer_churn') }}

),

final as (

    select
        names.method,
        labels.label_en as method_en,
        labels.label_zh as method_zh,
        names.score_of,
        results.snapshot_date as cutoff_date,
        {{ var('churn_horizon_days') }} as horizon_days,
        cast(results.customers as integer) as customers,
        cast(results.churners as integer) as churners,
        results.base_rate,
        cast(results.won_half_pairs / 2.0 as numeric(18, 1)) as won_pairs,
        cast(results.churners * (results.customers - results.churners) as bigint) as pairs,
        results.auc,
        cast(results.squared_errors as numeric(18, 6)) as squared_errors,
        results.brier,
        cast(results.base_rate * (1 - results.base_rate) as numeric(18, 6)) as base_rate_brier,
        cast(results.flagged as integer) as flagged,
        cast(results.flagged_churners as integer) as flagged_churners,
        {{ safe_divide('results.flagged_churners', 'results.flagged') }} as precision,
        {{ safe_divide('results.flagged_churners', 'results.churners') }} as recall,
        {{ safe_divide('results.flagged_churners * results.customers', 'results.flagged * results.churners') }} as lift,
        -- by cross-multiplication; above a base rate of 0.6, a precision of 1.3 times the base rate may be impossible
        case
            when results.flagged = 0 then null
            when 10 * results.churners > 6 * results.customers
                then
                    3 * (results.flagged - results.flagged_churners) * results.customers
                    <= 2 * (results.customers - results.churners) * results.flagged
            else 10 * results.flagged_churners * results.customers >= 13 * results.churners * results.flagged
        end as beats_base_rate,
        cast(results.top_decile_customers as integer) as top_decile_customers,
        cast(results.top_decile_churners as integer) as top_decile_churners,
        {{ safe_divide('results.top_decile_churners * results.customers', 'results.top_decile_customers * results.churners') }}
            as lift_top_decile,
        results.auc > max(case when names.method = 'days_since_last_order' then results.auc end) over ()
            as is_better_than_days_since_last_order

    from names
    inner join results on names.score_of = results.method
    left join {{ ref('labels') }} as labels on labels.code_type = 'churn_method' and names.method = labels.code

)

select * from final
