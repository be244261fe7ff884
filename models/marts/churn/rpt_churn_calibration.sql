with published as (

    select distinct published_method
    from {{ ref('int_customer_churn') }}

),

scores as (

    {% for method, probability in {
        'days_since_last_order': 'recency_band_rate', 'bgnbd': 'churn_probability_bgnbd', 'logistic': 'churn_probability_logistic',
    }.items() -%}
    select
        '{{ method }}' as method,
        snapshot_date,
        customer_id,
        {{ probability }} as churn_probability,
        churned
    from {{ ref('int_churn_scores') }}
    where churned is not null and {{ probability }} is not null
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

methods as (

    select * from scores

    union all

    select
        'published' as method,
        scores.snapshot_date,
        scores.customer_id,
        scores.churn_probability,
        scores.churned

    from scores
    inner join published on scores.method = published.published_method

),

ranked as (

    select
        methods.*,
        row_number() over (partition by method order by churn_probability, {{ binary_collation('customer_id') }}) as score_rank,
        count(*) over (partition by method) as method_customers

    from methods

),

deciles as (

    select
        ranked.*,
        cast(ceil(10.0 * score_rank / method_customers) as integer) as decile

    from ranked

),

counted as (

    select
        method,
        snapshot_date,
        decile,
        count(*) as customers,
        sum(case when churned then 1 else 0 end) as churners,
        sum(churn_probability) as expected_churners

    from deciles

    group by method, snapshot_date, decile

),

final as (

    select
        counted.method,
        labels.label_en as method_en,
        labels.label_zh as method_zh,
        counted.snapshot_date as cutoff_date,
        counted.decile,
        cast(counted.customers as integer) as customers,
        cast(counted.churners as integer) as churners,
        cast(counted.expected_churners as numeric(18, 6)) as expected_churners,
        {{ safe_divide('counted.expected_churners', 'counted.customers') }} as predicted,
        {{ safe_divide('counted.churners', 'counted.customers') }} as actual

    from counted
    left join {{ ref('labels') }} as labels on labels.code_type = 'churn_method' and counted.method = labels.code

)

select * from final
