{%- set towards = {'high': 'greatest', 'low': 'least'} -%}

with weights as (

    select
        snapshot_date,
        max(case when parameter = 'intercept' then value end) as intercept,
        {% for feature in churn_features() -%}
        max(case when parameter = 'coefficient.{{ feature }}' then value end)
        / max(case when parameter = 'scale.{{ feature }}' then value end) as {{ feature }}_weight,
        max(case when parameter = 'mean.{{ feature }}' then value end) as {{ feature }}_mean
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_snapshot_parameters') }}

    where model = 'logistic'

    group by snapshot_date

),

-- what each feature adds to the log-odds of leaving, against a customer who is average in all; to a reason only on the side
-- that its words tell of: nobody who has just ordered is long away, however the model takes it
summed as (

    select
        features.snapshot_date,
        features.customer_id,
        {% for topic, sides in churn_topics().items() -%}
        {%- for feature, side in sides.items() if side -%}
        weights.{{ feature }}_weight * {{ towards[side] }}(features.{{ feature }} - weights.{{ feature }}_mean, 0e0)
        {%- if not loop.last %}
        + {% endif -%}
        {%- endfor %} as {{ topic }},
        {% endfor -%}
        weights.intercept
        {%- for feature in churn_features() %}
        + weights.{{ feature }}_weight * (features.{{ feature }} - weights.{{ feature }}_mean)
        {%- endfor %} as log_odds

    from {{ ref('int_churn_features') }} as features
    inner join weights on features.snapshot_date = weights.snapshot_date

),

ranked as (

    select
        summed.*,
        greatest({{ churn_topics() | join(', ') }}) as greatest_contribution

    from summed

),

final as (

    select
        snapshot_date,
        customer_id,
        cast(1 / (1 + exp(-greatest(least(log_odds, 700), -700))) as numeric(18, 6)) as churn_probability,
        case
            when greatest_contribution <= 0 then null
            {% for topic in churn_topics() -%}
            when {{ topic }} = greatest_contribution then '{{ topic }}'
            {% endfor -%}
        end as main_driver

    from ranked

)

select * from final
