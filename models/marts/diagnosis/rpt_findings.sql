{%- set placeholders = {
    'from': 'cast(named.period_start as ' ~ dbt.type_string() ~ ')',
    'to': 'cast(named.period_end as ' ~ dbt.type_string() ~ ')',
} -%}
{%- for rate in ['observed', 'expected'] -%}
    {%- do placeholders.update({
        rate: "replace(cast(cast(100 * named." ~ rate ~ " as numeric(9, 1)) as " ~ dbt.type_string() ~ ") || '%', '.0%', '%')"
    }) -%}
{%- endfor -%}

with findings as (

    select
        findings.*,
        {{ safe_divide('people', 'people_before') }} as observed,
        -- the days of a window change with every build, but the finding stays the same one
        case when period <> 'window' then period_start end as key_date

    from {{ ref('int_findings') }} as findings

),

labels as (

    select * from {{ ref('labels') }}

),

pools as (

    select distinct
        dimension,
        pooled_values

    from {{ ref('int_pooled_values') }}

),

named as (

    select
        findings.*,
        rules.metric,
        rules.topic,
        rules.severity,
        rules.explains,
        rules.valued_by,
        {% for language in ['en', 'zh'] -%}
        rule_labels.label_{{ language }} as rule_{{ language }},
        metric_labels.label_{{ language }} as metric_{{ language }},
        severity_labels.label_{{ language }} as severity_{{ language }},
        status_labels.label_{{ language }} as status_{{ language }},
        dimension_labels.label_{{ language }} as dimension_{{ language }},
        coalesce(step_labels.label_{{ language }}, findings.step) as step_{{ language }},
        coalesce(value_labels.label_{{ language }}, findings.dimension_value) as dimension_value_{{ language }},
        texts.finding_{{ language }} as text_{{ language }},
        texts.action_{{ language }} as advice_{{ language }},
        {% endfor -%}
        rules.threshold,
        pools.pooled_values

    from findings
    inner join {{ ref('finding_rules') }} as rules on findings.rule = rules.rule and findings.dimension = rules.dimension
    inner join {{ ref('finding_texts') }} as texts on findings.rule = texts.rule
    left join labels as rule_labels on rule_labels.code_type = 'finding_rule' and findings.rule = rule_labels.code
    left join labels as metric_labels on metric_labels.code_type = 'metric' and rules.metric = metric_labels.code
    left join labels as severity_labels on severity_labels.code_type = 'severity' and rules.severity = severity_labels.code
    left join labels as status_labels on status_labels.code_type = 'finding_status' and findings.status = status_labels.code
    left join labels as dimension_labels on dimension_labels.code_type = 'dimension' and findings.dimension = dimension_labels.code
    left join labels as step_labels on step_labels.code_type = 'event' and findings.step = step_labels.code
    -- sources without buyers are not pooled
    left join pools
        on findings.dimension = pools.dimension and findings.dimension_value = 'other' and rules.comparison <> 'below_shop'
    left join labels as value_labels
        on
            case when pools.dimension is null then findings.dimension else 'pool' end = value_labels.code_type
            and findings.dimension_value = value_labels.code

),

final as (

    select
        md5(concat_ws('|', rule, funnel, step, dimension, dimension_value, cast(key_date as {{ dbt.type_string() }}))) as finding_id,
        rule,
        rule_en,
        rule_zh,
        severity,
        severity_en,
        severity_zh,
        metric,
        metric_en,
        metric_zh,
        nullif(funnel, 'none') as funnel,
        nullif(step, 'none') as step,
        dimension,
        dimension_en,
        dimension_zh,
        dimension_value,
        cast(pooled_values as integer) as pooled_values,
        dimension_value_en,
        dimension_value_zh,
        period_start,
        period_end,
        is_ongoing,
        status,
        status_en,
        status_zh,
        observed,
        expected,
        threshold,
        cast(people as numeric(24, 2)) as numerator,
        cast(people_before as numeric(24, 2)) as denominator,
        {% for language, colon in [('en', ': '), ('zh', '：')] -%}
        {% set where = "case when named.dimension = 'all' then named.dimension_" ~ language
            ~ " else named.dimension_" ~ language ~ " || '" ~ colon ~ "' || named.dimension_value_" ~ language
            ~ " || coalesce(' (' || cast(named.pooled_values as " ~ dbt.type_string() ~ ") || ')', '') end" -%}
        {% set texts = ['named.text_' ~ language] -%}
        {% for name, value in dict(placeholders, where=where, step='named.step_' ~ language).items() -%}
        {%- do texts.append('replace(' ~ texts[-1] ~ ", '{" ~ name ~ "}', " ~ value ~ ')') -%}
        {% endfor -%}
        {{ texts[-1] }} as finding_{{ language }},
        advice_{{ language }} as action_{{ language }},
        {% endfor -%}
        cast(case
            when metric not in ('top_20_share', 'net_amount') and topic <> 'rfm_bands' then round(abs(people - people_before * expected))
        end as bigint) as affected_customers,
        cast(affected_amount as numeric(18, 2)) as affected_amount,
        valued_by,
        explains

    from named

)

select * from final
