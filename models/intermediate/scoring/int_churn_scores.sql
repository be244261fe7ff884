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

bg_nbd as (

    {{ snapshot_parameters('bg_nbd', ['r', 'alpha', 'a', 'b']) }}

),

mbg_nbd as (

    {{ snapshot_parameters('mbg_nbd', ['r', 'alpha', 'a', 'b']) }}

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

-- Fader, Hardie & Lee (2005); for customers with one order day the model cannot detect drop-out: P(alive_probabilities) is 1
alive_probabilities as (

    select
        histories.snapshot_date,
        histories.customer_id,
        bg_nbd.r + histories.repeat_days as shape,
        bg_nbd.alpha + histories.observed_days / 7e0 as exposure,
        case
            when histories.repeat_days = 0 then 1e0
            else 1 / (1 + bg_nbd.a / (bg_nbd.b + histories.repeat_days - 1) * {{ power_of(
                '(bg_nbd.alpha + histories.observed_days / 7e0) / (bg_nbd.alpha + histories.active_days / 7e0)',
                'bg_nbd.r + histories.repeat_days'
            ) }})
        end as probability_alive,
        -- Batislam, Denizel & Filiztekin (2007): drop-out is possible after the first order too
        case when mbg_nbd.is_identified then 1 - 1 / (1 + mbg_nbd.a / (mbg_nbd.b + histories.repeat_days) * {{ power_of(
            '(mbg_nbd.alpha + histories.observed_days / 7e0) / (mbg_nbd.alpha + histories.active_days / 7e0)',
            'mbg_nbd.r + histories.repeat_days'
        ) }}) end as gone_probability

    from {{ ref('int_order_features') }} as histories
    inner join bg_nbd on histories.snapshot_date = bg_nbd.snapshot_date
    left join mbg_nbd on histories.snapshot_date = mbg_nbd.snapshot_date

),

purchase_probabilities as (

    select
        alive_probabilities.*,
        cast(
            probability_alive * (1 - {{ power_of(
                'exposure / (exposure + ' ~ var("churn_horizon_days") ~ ' / 7e0)', 'shape'
            ) }}) as numeric(18, 6)
        ) as purchase_probability

    from alive_probabilities

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
        overdue.recency_days > {{ var('churn_inactive_days') }} as is_churned,
        coalesce(warnings.warning_points >= 2, false) as is_warned,
        band_rates.churn_rate as recency_band_rate,
        purchase_probabilities.probability_alive,
        purchase_probabilities.purchase_probability,
        purchase_probabilities.gone_probability,
        cast(1 - purchase_probabilities.purchase_probability as numeric(18, 6)) as churn_probability_bgnbd,
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
    left join purchase_probabilities
        on
            features.snapshot_date = purchase_probabilities.snapshot_date
            and features.customer_id = purchase_probabilities.customer_id
    left join logistic on features.snapshot_date = logistic.snapshot_date and features.customer_id = logistic.customer_id

)

select * from final
