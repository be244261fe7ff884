{%- set towards = {'high': 'greatest', 'low': 'least'} -%}
{%- set logistic_parameters = ['intercept'] -%}
{%- for feature in churn_features() -%} {%- do logistic_parameters.extend([
    'coefficient.' ~ feature, 'mean.' ~ feature, 'scale.' ~ feature,
]) -%} {%- endfor -%}

with features as (

    select * from {{ ref('int_churn_features') }}
    where is_scored

),

weights as (

    {{ snapshot_parameters('logistic', logistic_parameters) }}

),

-- contribution of each feature to the log-odds of churn, relative to an average customer; a topic counts only the
-- side that its label describes: a recent order is never a long absence, with any sign in the model
contributions as (

    select
        features.snapshot_date,
        features.customer_id,
        {% for topic, sides in churn_topics().items() -%}
        {%- for feature, side in sides.items() if side -%}
        weights.coefficient_{{ feature }} / weights.scale_{{ feature }}
        * {{ towards[side] }}(features.{{ feature }} - weights.mean_{{ feature }}, 0e0)
        {%- if not loop.last %}
        + {% endif -%}
        {%- endfor %} as {{ topic }},
        {% endfor -%}
        weights.intercept
        {%- for feature in churn_features() %}
        + weights.coefficient_{{ feature }} / weights.scale_{{ feature }} * (features.{{ feature }} - weights.mean_{{ feature }})
        {%- endfor %} as log_odds

    from features
    inner join weights on features.snapshot_date = weights.snapshot_date

),

logistic as (

    select
        contributions.*,
        cast(1 / (1 + exp(-greatest(least(log_odds, 700), -700))) as numeric(18, 6)) as churn_probability,
        greatest({{ churn_topics() | join(', ') }}) as greatest_contribution

    from contributions

),

warnings as (

    select
        snapshot_date,
        customer_id,
        sum(warning_points) as warning_points

    from {{ ref('int_churn_signals') }}

    group by snapshot_date, customer_id

),

final as (

    select
        features.snapshot_date,
        features.customer_id,
        features.is_as_of,
        features.churned,
        overdue.recency_days,
        overdue.overdue_ratio,
        overdue.expected_gap_days,
        overdue.next_order_due_on,
        overdue.recency_days > {{ var('churn_inactive_days') }} as is_churned,
        coalesce(warnings.warning_points >= 2, false) as is_warned,
        band_rates.churn_rate as recency_band_rate,
        probabilities.probability_alive,
        probabilities.gone_probability,
        cast(1 - probabilities.purchase_probability as numeric(18, 6)) as churn_probability_bgnbd,
        logistic.churn_probability as churn_probability_logistic,
        case
            when logistic.greatest_contribution <= 0 then null
            {% for topic in churn_topics() -%}
            when logistic.{{ topic }} = logistic.greatest_contribution then '{{ topic }}'
            {% endfor -%}
        end as main_driver

    from features
    inner join {{ ref('int_customer_overdue') }} as overdue
        on features.snapshot_date = overdue.snapshot_date and features.customer_id = overdue.customer_id
    left join warnings on features.snapshot_date = warnings.snapshot_date and features.customer_id = warnings.customer_id
    left join {{ ref('int_recency_band_rates') }} as band_rates
        on
            features.snapshot_date = band_rates.snapshot_date
            and overdue.recency_days between band_rates.lower_bound and band_rates.upper_bound
    left join {{ ref('int_purchase_probabilities') }} as probabilities
        on features.snapshot_date = probabilities.snapshot_date and features.customer_id = probabilities.customer_id
    left join logistic on features.snapshot_date = logistic.snapshot_date and features.customer_id = logistic.customer_id

)

select * from final
