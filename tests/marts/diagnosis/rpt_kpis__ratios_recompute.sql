-- A value matches its numerator and denominator, previous_value and year_ago_value equal the values in their own rows, and
-- changes compare with them once the month is complete.
with beside as (

    select
        kpis.metric,
        kpis.period_kind,
        kpis.period_start,
        kpis.is_complete,
        kpis.dimension,
        kpis.dimension_value,
        kpis.value,
        kpis.numerator,
        kpis.denominator,
        kpis.previous_value,
        kpis.year_ago_value,
        kpis.change,
        kpis.yoy_change,
        max(case when others.period_start = kpis.period_start - interval '1' month then others.value end) as value_of_month_before,
        max(case when others.period_start = kpis.period_start - interval '1' year then others.value end) as value_of_year_before

    from {{ ref('rpt_kpis') }} as kpis
    inner join {{ ref('rpt_kpis') }} as others
        on
            kpis.metric = others.metric
            and kpis.period_kind = others.period_kind
            and kpis.dimension = others.dimension
            and kpis.dimension_value = others.dimension_value

    group by {{ range(1, 14) | join(', ') }}

)

select * from beside

where
    abs(value * coalesce(denominator, 1) - numerator) > 0.000001 * coalesce(denominator, 1)
    or previous_value is distinct from value_of_month_before
    or year_ago_value is distinct from value_of_year_before
    or (change is not null) <> (is_complete and value >= 0 and coalesce(previous_value, 0) > 0)
    or (yoy_change is not null) <> (is_complete and value >= 0 and coalesce(year_ago_value, 0) > 0)
    or abs(change - (1.0 * value / nullif(previous_value, 0) - 1)) > 0.000001
    or abs(yoy_change - (1.0 * value / nullif(year_ago_value, 0) - 1)) > 0.000001
