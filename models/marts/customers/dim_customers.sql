with preferences as (

    select
        customer_id,
        max(case when kind = 'category' then value end) as preferred_category,
        max(case when kind = 'channel' then value end) as preferred_channel,
        max(case when kind = 'daypart' then value end) as preferred_daypart

    from {{ ref('fct_customer_preferences') }}

    where rank = 1

    group by customer_id

),

-- a channel without a record is null: consent is neither given nor withdrawn. An opt-out without a date denies beside any other record
consents as (

    select
        customer_id,
        {% for channel in ['email', 'sms', 'push', 'wechat'] -%}
        min(case when channel = '{{ channel }}' then case when is_subscribed then 1 else 0 end end) = 1 as is_subscribed_{{ channel }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_consents') }}

    where next_changed_date is null

    group by customer_id

),

sessions as (

    select * from {{ ref('int_sessions') }}
    where customer_id is not null

),

visits as (

    select
        customer_id,
        count(*) as sessions,
        min(session_date) as first_session_date,
        max(session_date) as last_session_date,
        min(case when source <> 'unknown' then session_number end) as first_touch_number

    from sessions

    group by customer_id

),

visit_channels as (

    select
        customer_id,
        channel,
        row_number() over (
            partition by customer_id order by count(*) desc, max(started_at) desc, {{ binary_collation('channel') }}
        ) as channel_rank

    from sessions

    where channel <> 'unknown'

    group by customer_id, channel

),

-- customers without an account also get a row
persons as (

    select customer_id from {{ ref('int_customers_resolved') }}

    union

    select customer_id from {{ ref('int_orders') }}
    where customer_id is not null

    union

    select customer_id from visits

),

final as (

    select
        persons.customer_id,
        profiles.customer_id is not null as is_registered,
        profiles.registered_at,
        {% for attribute in [
            'gender', 'age_band', 'region', 'city', 'city_tier', 'occupation', 'income_band', 'education',
            'marital_status', 'member_tier', 'acquisition_source', 'acquisition_medium',
        ] -%}
        coalesce(profiles.{{ attribute }}, 'unknown') as {{ attribute }},
        {% endfor -%}
        coalesce(touches.source, 'unknown') as first_touch_source,
        coalesce(touches.medium, 'unknown') as first_touch_medium,
        coalesce(touches.campaign, 'unknown') as first_touch_campaign,
        cast(coalesce(visits.sessions, 0) as integer) as lifetime_sessions,
        visits.first_session_date,
        visits.last_session_date,
        totals.first_order_date,
        totals.last_order_date,
        cast(coalesce(totals.orders, 0) as integer) as lifetime_orders,
        cast(coalesce(totals.net_amount, 0) as numeric(18, 2)) as lifetime_net_amount,
        {{ average_amount('totals.net_amount', 'totals.orders') }} as average_order_amount,
        {{ average_amount('totals.active_days', 'totals.repeat_days') }} as average_gap_days,
        case
            when totals.customer_id is null then 'prospect'
            when totals.repeat_days = 0 and totals.recency_days <= thresholds.value then 'new'
            else churn.churn_status
        end as lifecycle_stage,
        rfm.value_tier,
        churn.churn_status,
        churn.churn_probability,
        churn.gone_probability,
        churn.value_at_risk,
        case when backtest.forecast_method = 'naive' then totals.amount_365d else predicted.predicted_value end as predicted_value_365d,
        churn.next_order_due_on,
        personas.persona,
        preferences.preferred_category,
        preferences.preferred_channel,
        visit_channels.channel as preferred_visit_channel,
        preferences.preferred_daypart,
        totals.discount_rate,
        totals.price_sensitivity,
        dependence.discount_dependence,
        consents.is_subscribed_email,
        consents.is_subscribed_sms,
        consents.is_subscribed_push,
        consents.is_subscribed_wechat

    from persons
    inner join {{ ref('customer_thresholds') }} as thresholds on thresholds.threshold = 'new_customer_days'
    left join {{ ref('int_customers_resolved') }} as profiles on persons.customer_id = profiles.customer_id
    left join visits on persons.customer_id = visits.customer_id
    left join sessions as touches on visits.customer_id = touches.customer_id and visits.first_touch_number = touches.session_number
    left join visit_channels on persons.customer_id = visit_channels.customer_id and visit_channels.channel_rank = 1
    left join {{ ref('int_order_features') }} as totals on persons.customer_id = totals.customer_id and totals.is_as_of
    left join {{ ref('fct_customer_rfm') }} as rfm on persons.customer_id = rfm.customer_id
    left join {{ ref('int_customer_churn') }} as churn
        on totals.snapshot_date = churn.snapshot_date and totals.customer_id = churn.customer_id
    left join {{ ref('int_customer_values_predicted') }} as predicted
        on totals.snapshot_date = predicted.snapshot_date and totals.customer_id = predicted.customer_id
    left join {{ ref('int_forecast_backtest') }} as backtest on backtest.measure = 'net_amount'
    left join {{ ref('int_customer_personas') }} as personas on persons.customer_id = personas.customer_id
    left join {{ ref('int_discount_dependence') }} as dependence on persons.customer_id = dependence.customer_id
    left join preferences on persons.customer_id = preferences.customer_id
    left join consents on persons.customer_id = consents.customer_id

)

select * from final
