{%- set last_seen = 'greatest(profiles.registered_date, customers.last_session_date)' -%}
{%- set silent_days = dbt.datediff(last_seen, 'as_of.as_of_date', 'day') -%}

-- scores one step below those of the tier high_value are close to it
with high_value as (

    select
        min(r_from) as r_from,
        min(f_from) - 1 as f_from,
        min(m_from) - 1 as m_from

    from {{ ref('rfm_segments') }}

    where scheme = 'value_tier' and segment = 'high_value'

),

first_orders as (

    select {{ average_amount('sum(net_amount)', 'count(*)') }} as first_order_amount

    from {{ ref('fct_orders') }}

    where is_first_order

),

due as (

    select
        customers.*,
        actions.*,
        products.product_id as suggested_product_id,
        products.product_name as suggested_product_name,
        coalesce(products.response_rate, actions.response_rate) as action_response_rate,
        as_of.as_of_date,
        churn.recency_days,
        churn.main_signal,
        churn.second_signal,
        churn.main_driver,
        profiles.next_birthday,
        cast(
            case actions.moves
                when 'value_at_risk' then customers.value_at_risk
                when 'suggestion' then products.order_value
                else coalesce(predicted.expected_order_amount, customers.average_order_amount, first_orders.first_order_amount)
            end * coalesce(products.response_rate, actions.response_rate) - actions.contact_cost as numeric(18, 2)
        ) as expected_value,
        -- a hash of the customer alone, so that the control group is the same on every list, in every build and on every warehouse
        (
            {% for digit in range(1, 5) -%}
            {%- set character = "substr(md5(concat('control|', customers.customer_id)), " ~ digit ~ ", 1)" -%}
            {{ 16 ** (4 - digit) }} * ({{ dbt.position(character, "'0123456789abcdef'") }} - 1){{ ' +' if not loop.last }}
            {% endfor -%}
        ) < {{ 16 ** 4 }} * thresholds.value as is_control

    from {{ ref('dim_customers') }} as customers
    cross join {{ ref('customer_actions') }} as actions
    cross join {{ ref('int_as_of') }} as as_of
    cross join first_orders
    cross join high_value
    inner join {{ ref('customer_thresholds') }} as thresholds on thresholds.threshold = 'control_share'
    inner join {{ ref('customer_thresholds') }} as silence on silence.threshold = 'silent_prospect_days'
    left join {{ ref('int_customers_resolved') }} as profiles on customers.customer_id = profiles.customer_id
    left join {{ ref('int_suggested_products') }} as products
        on customers.customer_id = products.customer_id and actions.suggestion = products.suggestion
    left join {{ ref('fct_customer_churn') }} as churn on customers.customer_id = churn.customer_id
    left join {{ ref('fct_customer_rfm') }} as rfm on customers.customer_id = rfm.customer_id
    left join {{ ref('fct_customer_lifetime_value') }} as predicted on customers.customer_id = predicted.customer_id

    where case actions.action_code
        when 'keep_high_value' then churn.is_churn_warning
        when 'vip_care' then churn.is_high_value and churn.churn_status = 'active'
        when 'solve_complaint' then churn.has_complaints_up or churn.has_bad_reviews
        when 'recover_cart' then churn.has_cart_left
        when 'first_purchase'
            then customers.is_registered and customers.lifecycle_stage = 'prospect' and coalesce({{ silent_days }} <= silence.value, true)
        when 'wake_prospect' then customers.is_registered and customers.lifecycle_stage = 'prospect' and {{ silent_days }} > silence.value
        when 'second_order' then customers.lifecycle_stage = 'new' and customers.lifetime_orders = 1
        when 'third_order_gift' then customers.lifetime_orders = 2 and not churn.is_churned
        when 'birthday_gift' then {{ dbt.datediff('as_of.as_of_date', 'profiles.next_birthday', 'day') }} between 1 and actions.valid_days
        when 'next_order_due'
            then
                customers.lifecycle_stage = 'active'
                and {{ dbt.datediff('as_of.as_of_date', 'customers.next_order_due_on', 'day') }} <= actions.valid_days
        when 'upgrade_tier'
            then
                churn.churn_status = 'active' and customers.value_tier <> 'high_value'
                and rfm.r_score >= high_value.r_from and rfm.f_score >= high_value.f_from and rfm.m_score >= high_value.m_from
        when 'remind_to_reorder' then churn.is_at_risk and not churn.is_churn_warning
        when 'win_back' then churn.is_churned
        when 'cross_sell' then not churn.is_churned and products.product_id is not null
        when 'price_drop' then products.product_id is not null
    end

),

final as (

    select
        due.customer_id,
        due.action_code,
        due.action_en,
        due.action_zh,
        {% for language, separator in {'en': '; ', 'zh': '；'}.items() -%}
        concat_ws(
            '{{ separator }}', due.reason_{{ language }},
            signals.label_{{ language }}, second_signals.label_{{ language }}, drivers.label_{{ language }}
        ) as reason_{{ language }},
        {% endfor -%}
        cast(
            row_number() over (
                partition by due.action_code
                order by due.expected_value desc nulls last, {{ binary_collation('due.customer_id') }}
            ) as bigint
        ) as priority,
        due.expected_value,
        due.action_response_rate as response_rate,
        due.is_response_assumed,
        due.churn_probability,
        due.predicted_value_365d,
        due.value_tier,
        tiers.label_en as value_tier_en,
        tiers.label_zh as value_tier_zh,
        due.last_order_date,
        due.recency_days,
        due.next_order_due_on,
        nullif(due.preferred_category, 'unknown') as usual_category,
        coalesce(categories.label_en, nullif(due.preferred_category, 'unknown')) as usual_category_en,
        coalesce(categories.label_zh, nullif(due.preferred_category, 'unknown')) as usual_category_zh,
        due.suggested_product_id,
        due.suggested_product_name,
        due.price_sensitivity as discount_habit,
        discounts.label_en as discount_habit_en,
        discounts.label_zh as discount_habit_zh,
        due.preferred_daypart as usual_daypart,
        dayparts.label_en as usual_daypart_en,
        dayparts.label_zh as usual_daypart_zh,
        contacts.allowed_channel,
        channels.label_en as allowed_channel_en,
        channels.label_zh as allowed_channel_zh,
        contacts.allowed_channels,
        contacts.denied_channels,
        contacts.unknown_channels,
        cast(
            case due.action_code when 'birthday_gift' then due.next_birthday else {{ dbt.dateadd('day', 'due.valid_days', 'due.as_of_date') }} end as date
        ) as valid_until,
        due.is_control

    from due
    inner join {{ ref('int_contact_channels') }} as contacts on due.customer_id = contacts.customer_id
    {% for code_type, column, alias in [
        ('churn_signal', 'main_signal', 'signals'), ('churn_signal', 'second_signal', 'second_signals'),
        ('churn_driver', 'main_driver', 'drivers'), ('value_tier', 'value_tier', 'tiers'),
        ('category', 'preferred_category', 'categories'), ('price_sensitivity', 'price_sensitivity', 'discounts'),
        ('daypart', 'preferred_daypart', 'dayparts'),
    ] -%}
    left join {{ ref('labels') }} as {{ alias }}
        on {{ alias }}.code_type = '{{ code_type }}' and due.{{ column }} = {{ alias }}.code
    {% endfor -%}
    left join {{ ref('labels') }} as channels
        on channels.code_type = 'contact_channel' and contacts.allowed_channel = channels.code

)

select * from final
