-- Findings of volumes compare the same numbers as rpt_kpis, although they are counted by customer.
with volumes as (

    select
        findings.metric,
        findings.dimension,
        findings.dimension_value,
        findings.period_end,
        findings.numerator,
        findings.denominator

    from {{ ref('rpt_findings') }} as findings
    inner join {{ ref('finding_rules') }} as rules on findings.rule = rules.rule and findings.dimension = rules.dimension

    where rules.comparison = 'below_last_year_days'

)

select
    volumes.*,
    kpis.value,
    kpis.year_ago_value

from volumes
left join {{ ref('rpt_kpis') }} as kpis
    on
        volumes.metric = kpis.metric
        and volumes.dimension = kpis.dimension
        and volumes.dimension_value = kpis.dimension_value
        and volumes.period_end = kpis.period_end
        and kpis.period_kind = 'rolling_91d'

where volumes.numerator is distinct from kpis.value or volumes.denominator is distinct from kpis.year_ago_value
