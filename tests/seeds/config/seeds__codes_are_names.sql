-- Codes name columns, files and settings: lower-case letters, digits and underscores. Names of bands (18-24) and words of the
-- shop are no codes.
{%- set codes = {
    'campaign_types': ['campaign_type'],
    'channel_mapping': ['channel'],
    'churn_risk_bands': ['risk_band'],
    'churn_signals': ['signal', 'measure'],
    'contact_channels': ['channel'],
    'customer_actions': ['action_code'],
    'customer_thresholds': ['threshold'],
    'dayparts': ['daypart'],
    'event_mapping': ['event'],
    'finding_rules': ['rule', 'topic', 'metric', 'dimension', 'dimension_value', 'severity'],
    'finding_texts': ['rule'],
    'labels': ['code_type'],
    'metrics': ['metric', 'numerator', 'denominator', 'unit'],
    'order_status_mapping': ['status'],
    'recommended_actions': ['action_for', 'code'],
    'rfm_bands': ['measure'],
    'rfm_segments': ['scheme', 'segment'],
    'strategies': ['segment', 'target_metric'],
    'warnings': ['warning'],
} -%}

{% for seed, columns in codes.items() -%}
{%- set last_seed = loop.last -%}
{%- for column in columns %}
select
    '{{ seed }}' as seed,
    '{{ column }}' as column_name,
    {{ column }} as code

from {{ ref(seed) }}

where not {{ regexp_full_match(column, '[a-z0-9_]+') }}
{% if not (last_seed and loop.last) %}
union all
{% endif %}
{%- endfor %}
{%- endfor %}
