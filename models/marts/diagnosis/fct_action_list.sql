with churn as (

    select * from {{ ref('fct_customer_churn') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- rules of each action; a customer may be on several lists
due as (

    {% for action, condition in {
        'keep_high_value': 'is_churn_warning',
        'solve_complaint': 'has_complaints_up or has_bad_reviews',
        'recover_cart': 'has_cart_left',
        'remind_to_reorder': 'is_at_risk and not is_churn_warning',
        'win_back': 'is_churned',
    }.items() -%}
    select
        customer_id,
        '{{ action }}' as action_code
    from churn
    where {{ condition }}
    union all
    {% endfor -%}
    select
        customer_id,
        'lead_to_second_order' as action_code
    from customers
    where lifecycle_stage = 'new'

),

due_customers as (

    select distinct customer_id from due

),

-- each contact channel of each of these customers, by preference within allowed, denied and unknown
permissions as (

    select
        due_customers.customer_id,
        channels.channel,
        case when consents.is_allowed then 'allowed' when not consents.is_allowed then 'denied' else 'unknown' end as consent,
        row_number() over (partition by due_customers.customer_id, consents.is_allowed order by channels.preference) as channel_rank

    from due_customers
    cross join {{ ref('contact_channels') }} as channels
    left join {{ ref('int_contact_consents') }} as consents
        on due_customers.customer_id = consents.customer_id and channels.channel = consents.channel

),

recipients as (

    select
        customer_id,
        {% for consent in ['allowed', 'denied', 'unknown'] -%}
        concat_ws(
            ',',
            {% for rank in range(1, 11) -%}
            max(case when consent = '{{ consent }}' and channel_rank = {{ rank }} then channel end){{ ',' if not loop.last }}
            {% endfor -%}
        ) as {{ consent }}_channels,
        {% endfor -%}
        max(case when consent = 'allowed' and channel_rank = 1 then channel end) as allowed_channel

    from permissions

    group by customer_id

),

valued as (

    select
        due.customer_id,
        due.action_code,
        customers.value_tier,
        churn.churn_probability,
        customers.predicted_value_365d,
        churn.main_signal,
        churn.second_signal,
        churn.main_driver,
        churn.value_at_risk as expected_value,
        recipients.allowed_channel,
        recipients.allowed_channels,
        recipients.denied_channels,
        recipients.unknown_channels

    from due
    inner join churn on due.customer_id = churn.customer_id
    inner join customers on due.customer_id = customers.customer_id
    inner join recipients on due.customer_id = recipients.customer_id

),

final as (

    select
        valued.customer_id,
        valued.action_code,
        actions.action_en,
        actions.action_zh,
        nullif(concat_ws('; ', main_signals.label_en, second_signals.label_en, drivers.label_en), '') as reason_en,
        nullif(concat_ws('；', main_signals.label_zh, second_signals.label_zh, drivers.label_zh), '') as reason_zh,
        cast(
            row_number() over (
                partition by valued.action_code
                order by valued.expected_value desc nulls last, {{ binary_collation('valued.customer_id') }}
            ) as bigint
        ) as priority,
        valued.expected_value,
        valued.churn_probability,
        valued.predicted_value_365d,
        valued.value_tier,
        tiers.label_en as value_tier_en,
        tiers.label_zh as value_tier_zh,
        valued.allowed_channel,
        channels.label_en as allowed_channel_en,
        channels.label_zh as allowed_channel_zh,
        nullif(valued.allowed_channels, '') as allowed_channels,
        nullif(valued.denied_channels, '') as denied_channels,
        nullif(valued.unknown_channels, '') as unknown_channels

    from valued
    inner join {{ ref('customer_actions') }} as actions on valued.action_code = actions.action_code
    left join {{ ref('labels') }} as main_signals
        on main_signals.code_type = 'churn_signal' and valued.main_signal = main_signals.code
    left join {{ ref('labels') }} as second_signals
        on second_signals.code_type = 'churn_signal' and valued.second_signal = second_signals.code
    left join {{ ref('labels') }} as drivers on drivers.code_type = 'churn_driver' and valued.main_driver = drivers.code
    left join {{ ref('labels') }} as tiers on tiers.code_type = 'value_tier' and valued.value_tier = tiers.code
    left join {{ ref('labels') }} as channels
        on channels.code_type = 'contact_channel' and valued.allowed_channel = channels.code

)

select * from final
