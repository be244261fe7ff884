-- Every code in a mart has exactly one label in each language, and each segment, signal and status has
-- exactly one recommended action.
with segments as (

    select distinct
        scheme as code_type,
        segment as code

    from {{ ref('rfm_segments') }}

),

acted_on as (

    select * from segments

    union

    select
        'churn_signal' as code_type,
        signal as code

    from {{ ref('churn_signals') }}

    {% for status in ['active', 'at_risk', 'churned'] -%}
    union

    select
        'churn_status' as code_type,
        '{{ status }}' as code

    {% endfor %}
),

shown as (

    select * from acted_on

    union

    select
        'customer_tag' as code_type,
        tag as code

    from {{ ref('customer_tags') }}

    union

    select
        'scheme' as code_type,
        code_type as code

    from segments

    {% for segment in ['unscored', 'none'] -%}
    union

    select
        code_type,
        '{{ segment }}' as code

    from segments

    {% endfor -%}

    {% for stage in ['prospect', 'new', 'active', 'at_risk', 'churned'] -%}
    union

    select
        'lifecycle_stage' as code_type,
        '{{ stage }}' as code

    {% endfor -%}

    {% for journey in [
        'online_only', 'store_only', 'online_first_bought_in_store', 'online_first_bought_in_both',
        'store_first_bought_online', 'store_first_visited_online', 'unknown',
    ] -%}
    union

    select
        'journey' as code_type,
        '{{ journey }}' as code

    {% endfor -%}

    {% for code_type, codes in {
        'churn_method': ['days_since_last_order', 'personal_gap', 'rule_flags', 'bgnbd', 'logistic', 'published'],
        'probability_method': ['logistic', 'bgnbd', 'recency_band', 'none'],
        'churn_driver': churn_topics() | list + ['usual', 'dropped_out', 'buys_rarely', 'recency_band'],
        'value_method': ['bgnbd_gamma_gamma', 'bgnbd_mean_amount', 'none'],
        'measure': ['orders', 'net_amount'],
        'cohort_dimension': ['all', 'channel', 'acquisition_source', 'first_category', 'first_order_discounted', 'first_price_level', 'city_tier'],
        'repurchase_group': ['all', 'order_number', 'category', 'channel'],
        'behaviour': ['points_redeemed', 'review_written', 'photo_review', 'support_contact', 'subscribed'],
        'note': ['association'],
        'persona_trait': ['typical'],
        'retention_kind': ['calendar_month', 'rolling_30d', 'on_or_after'],
        'price_level': ['entry', 'middle', 'premium', 'unknown'],
        'stock_class': ['A', 'B', 'C', 'idle'],
        'pair_level': ['product', 'category'],
        'pair_kind': ['same_order', 'next_order', 'published'],
        'buying_rhythm': ['stock_up', 'replenishment'],
        'severity': ['high', 'medium', 'low'],
        'finding_status': ['ongoing', 'recovered', 'ended'],
        'metric': ['funnel_step_rate', 'weekly_repurchase_rate', 'weekly_conversion_rate'],
        'dimension': [
            'all', 'channel', 'device', 'source', 'medium', 'customer_type', 'acquisition_source', 'city_tier', 'value_tier',
            'category', 'first_category', 'first_order_discounted', 'first_price_level',
        ],
        'all': ['all'],
        'month': range(1, 13),
        'channel_group': ['other', 'unknown'],
        'lifetime_value_band': ['high', 'mid', 'low'],
        'rejection_reason': [
            'missing', 'unreadable', 'duplicate', 'erased', 'test_order', 'impossible_time', 'missing_exchange_rate',
            'impossible_rate', 'negative_amount', 'abnormal_quantity', 'abnormal_amount', 'unknown_order', 'cyclic_link',
        ],
        'value_change': ['unreadable', 'negative', 'impossible', 'below_zero'],
    }.items() -%}
    {% for code in codes -%}
    union

    select
        '{{ code_type }}' as code_type,
        '{{ code }}' as code

    {% endfor -%}
    {% endfor -%}

    {% for direction in ['high', 'low'] -%}
    {% for feature in persona_features() -%}
    union

    select
        'persona_trait' as code_type,
        '{{ feature }}_{{ direction }}' as code

    {% endfor -%}
    {% endfor -%}

    union

    select
        'event' as code_type,
        event as code

    from {{ ref('event_mapping') }}

    union

    select
        'event' as code_type,
        'visit' as code

    {% for code_type, column, seed in [
        ('metric', 'metric', 'metrics'),
        ('finding_rule', 'rule', 'finding_rules'),
        ('contact_channel', 'channel', 'contact_channels'),
        ('risk_band', 'risk_band', 'churn_risk_bands'),
        ('channel', 'channel', 'channel_mapping'),
        ('channel_group', 'channel_group', 'channel_groups'),
        ('category', 'category', 'category_mapping'),
        ('shopping_day', 'shopping_day', 'shopping_days'),
    ] %}
    union

    select
        '{{ code_type }}' as code_type,
        {{ column }} as code

    from {{ ref(seed) }}
    {% endfor %}
    union

    -- missing_<column> and unreadable_<column> share the label of their first word
    select
        'rejection_reason' as code_type,
        reason as code

    from {{ ref('audit_rejection_reasons') }}

    where reason not like 'missing%' and reason not like 'unreadable%'
),

unlabelled as (

    select
        'labels' as seed,
        shown.code_type,
        shown.code

    from shown
    left join {{ ref('labels') }} as labels
        on shown.code_type = labels.code_type and shown.code = labels.code

    group by shown.code_type, shown.code

    having count(labels.code) <> 1 or count(nullif(labels.label_en, '')) <> 1 or count(nullif(labels.label_zh, '')) <> 1

),

without_action as (

    select
        'recommended_actions' as seed,
        acted_on.code_type,
        acted_on.code

    from acted_on
    left join {{ ref('recommended_actions') }} as actions
        on acted_on.code_type = actions.action_for and acted_on.code = actions.code

    group by acted_on.code_type, acted_on.code

    having count(actions.code) <> 1 or count(nullif(actions.action_en, '')) <> 1 or count(nullif(actions.action_zh, '')) <> 1

)

select * from unlabelled

union all

select * from without_action
