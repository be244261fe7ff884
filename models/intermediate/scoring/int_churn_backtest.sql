{#- what each method scores, from which value on it flags a customer, and the probability of churn it gives, if any -#}
{%- set methods = {
    'days_since_last_order': ('recency_days', 'is_churned', 'recency_band_rate'),
    'personal_gap': ('overdue_ratio', 'overdue_ratio >= overdue_from', 'null'),
    'rule_flags': ('case when is_churned then 2 when is_warned then 1 else 0 end', 'is_churned or is_warned', 'null'),
    'bgnbd': ('churn_probability_bgnbd', 'churn_probability_bgnbd >= at_risk_from', 'churn_probability_bgnbd'),
    'logistic': ('churn_probability_logistic', 'churn_probability_logistic >= at_risk_from', 'churn_probability_logistic'),
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
        thresholds.overdue_from

    from {{ ref('int_churn_scores') }} as scores
    cross join thresholds

),

scored as (

    {% for method, (score, flag, probability) in methods.items() -%}
    select
        '{{ method }}' as method,
        snapshot_date,
        customer_id,
        churned,
        cast({{ score }} as numeric(18, 6)) as score,
        {{ flag }} as is_flagged,
        cast({{ probability }} as numeric(18, 6)) as churn_probability
    from scores
    where churned is not null and {{ score }} is not null
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

ranked as (

    select
        scored.*,
        case when churned then 1 else 0 end as outcome,
        count(*) over (partition by method) as customers,
        row_number() over (partition by method order by score desc, {{ byte_order('customer_id') }}) as score_rank,
        sum(case when churned then 0 else 1 end) over (partition by method order by score) as retained_up_to_score,
        sum(case when churned then 0 else 1 end) over (partition by method)
        - sum(case when churned then 0 else 1 end) over (partition by method order by score desc) as retained_below_score

    from scored

),

results as (

    select
        method,
        snapshot_date,
        customers,
        sum(outcome) as churners,
        sum(case when is_flagged then 1 else 0 end) as flagged,
        sum(case when is_flagged then outcome else 0 end) as flagged_churners,
        sum(case when score_rank <= ceil(customers / 10.0) then 1 else 0 end) as top_decile_customers,
        sum(case when score_rank <= ceil(customers / 10.0) then outcome else 0 end) as top_decile_churners,
        -- pairs of a churner and a retained customer: with an equal score, half is won
        sum(outcome * (retained_up_to_score + retained_below_score)) as won_half_pairs,
        sum((churn_probability - outcome) * (churn_probability - outcome)) as squared_errors,
        case
            when count(churn_probability) = customers
                then {{ share('sum((churn_probability - outcome) * (churn_probability - outcome))', 'customers') }}
        end as brier

    from ranked

    group by method, snapshot_date, customers

),

available as (

    select
        count(scores.churn_probability_logistic) > 0 as has_logistic,
        count(scores.churn_probability_bgnbd) > 0 as has_bgnbd,
        count(bands.snapshot_date) > 0 as has_recency_bands

    from scores
    left join {{ ref('int_recency_band_rates') }} as bands on scores.snapshot_date = bands.snapshot_date

    where scores.is_as_of

),

-- the logistic model has to show that it is better than the simpler one
published as (

    select
        case
            when available.has_logistic and logistic.brier < coalesce(bgnbd.brier, 1) then 'logistic'
            when available.has_bgnbd then 'bgnbd'
            when available.has_recency_bands then 'days_since_last_order'
        end as method

    from available
    left join results as logistic on logistic.method = 'logistic'
    left join results as bgnbd on bgnbd.method = 'bgnbd'

),

methods as (

    {% for method in methods -%}
    select '{{ method }}' as method
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

-- a method may be published without a back-test
final as (

    select
        methods.method,
        coalesce(methods.method = published.method, false) as is_published,
        results.snapshot_date,
        results.customers,
        results.churners,
        results.flagged,
        results.flagged_churners,
        results.top_decile_customers,
        results.top_decile_churners,
        results.won_half_pairs,
        results.squared_errors,
        results.brier

    from methods
    cross join published
    left join results on methods.method = results.method

)

select * from final
