-- A value matches its numerator and denominator, previous_value and year_ago_value of a past day, week or month equal the values in their
-- own rows, and changes compare with them once the period is complete, or while a week or month is running.
{%- set units = {'day': "interval '1' year", 'week': "interval '364' day", 'month': "interval '1' year"} %}
with kpis as (

    select
        rpt_kpis.*,
        metrics.maturity_days,
        as_of.as_of_date,
        min(rpt_kpis.period_start) over (partition by rpt_kpis.period_kind) as first_start,
        case rpt_kpis.period_kind
            when 'day' then cast(rpt_kpis.period_start - interval '1' day as date)
            when 'week' then cast(rpt_kpis.period_start - interval '7' day as date)
            when 'month' then cast(rpt_kpis.period_start - interval '1' month as date)
        end as previous_start,
        case rpt_kpis.period_kind
            {% for unit, interval in units.items() -%}
            when '{{ unit }}' then cast(rpt_kpis.period_start - {{ interval }} as date)
            {% endfor -%}
        end as year_ago_start

    from {{ ref('rpt_kpis') }} as rpt_kpis
    inner join {{ ref('metrics') }} as metrics on rpt_kpis.metric = metrics.metric
    cross join {{ ref('int_as_of') }} as as_of

),

beside as (

    select
        kpis.*,
        previous.value as value_of_period_before,
        year_ago.value as value_of_year_before,
        kpis.is_complete or (kpis.period_end > kpis.as_of_date and kpis.maturity_days = 0) as is_comparable

    from kpis
    {% for other in ['previous', 'year_ago'] -%}
    left join {{ ref('rpt_kpis') }} as {{ other }}
        on
            kpis.metric = {{ other }}.metric
            and kpis.period_kind = {{ other }}.period_kind
            and kpis.{{ other }}_start = {{ other }}.period_start
            and kpis.dimension = {{ other }}.dimension
            and kpis.dimension_value = {{ other }}.dimension_value
    {% endfor %}
)

select
    metric,
    period_kind,
    period_start,
    dimension,
    dimension_value,
    value,
    previous_value,
    year_ago_value,
    change,
    yoy_change

from beside

where
    abs(value * coalesce(denominator, 1) - numerator) > 0.000001 * coalesce(denominator, 1)
    -- a count without a value in a period may have a row with 0
    or (
        period_end <= as_of_date and previous_start >= first_start
        and coalesce(previous_value, 0) <> coalesce(value_of_period_before, 0)
    )
    or (
        period_end <= as_of_date and year_ago_start >= first_start
        and coalesce(year_ago_value, 0) <> coalesce(value_of_year_before, 0)
    )
    or (change is not null) <> (is_comparable and value >= 0 and coalesce(previous_value, 0) > 0)
    or (yoy_change is not null) <> (is_comparable and value >= 0 and coalesce(year_ago_value, 0) > 0)
    or abs(change - (1.0 * value / nullif(previous_value, 0) - 1)) > 0.000001
    or abs(yoy_change - (1.0 * value / nullif(year_ago_value, 0) - 1)) > 0.000001
