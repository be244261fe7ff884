with rules as (

    select * from {{ ref('finding_rules') }}
    where comparison = 'weak_all_along'

),

months as (

    select
        kpis.*,
        dense_rank() over (partition by kpis.metric order by kpis.period_start desc) as months_back,
        {% for measure in ['numerator', 'denominator'] -%}
        -- in brackets, because Spark takes shop_month - kpis for one name
        (sum(case when kpis.dimension = 'all' then kpis.{{ measure }} end) over shop_month) - kpis.{{ measure }} as rest_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_kpi_values') }} as kpis

    where kpis.period_kind = 'month' and kpis.is_complete

    window shop_month as (partition by kpis.metric, kpis.period_start)

),

-- the longest pool of the rule, half and a quarter of it
pooled as (

    {% for parts in [1, 2, 4] -%}
    select
        rules.rule,
        rules.dimension,
        months.dimension_value,
        min(months.period_start) as period_start,
        max(months.period_end) as period_end,
        {% for measure in ['numerator', 'denominator', 'rest_numerator', 'rest_denominator'] -%}
        sum(months.{{ measure }}) as {{ measure }},
        {% endfor -%}
        avg(case
            when rules.dimension = 'all' and months.numerator < rules.threshold * months.denominator then 1.0
            when months.numerator * months.rest_denominator < months.rest_numerator * months.denominator then 1.0
            else 0.0
        end) as weak_months_share

    from months
    inner join rules
        on
            months.metric = rules.metric
            and months.dimension = rules.dimension
            -- no one can act on customers of whom nothing is known
            and months.dimension_value <> 'unknown'
            and rules.baseline_periods >= {{ parts }} * months.months_back

    group by rules.rule, rules.dimension, months.dimension_value, rules.baseline_periods

    having {{ parts }} * max(months.months_back) >= rules.baseline_periods
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- the whole shop is compared with the target, a part of it with the rest of the shop
compared as (

    select
        pooled.*,
        coalesce(rules.threshold, 1) as target,
        rules.minimum_share,
        case when pooled.dimension = 'all' then 0 else rules.rest_threshold end as minimum_distance,
        case
            when pooled.dimension = 'all' then rules.threshold
            else {{ safe_divide('pooled.rest_numerator', 'pooled.rest_denominator') }}
        end as expected,
        case
            when pooled.dimension = 'all' then {{ binomial_z('pooled.numerator', 'pooled.denominator', 'rules.threshold') }}
            else {{ two_sample_z('pooled.numerator', 'pooled.denominator', 'pooled.rest_numerator', 'pooled.rest_denominator') }}
        end as z

    from pooled
    inner join rules on pooled.rule = rules.rule and pooled.dimension = rules.dimension

    where
        pooled.denominator >= rules.minimum_people
        and (pooled.dimension = 'all' or pooled.rest_denominator >= rules.minimum_people)

),

ranked as (

    select
        compared.*,
        row_number() over (partition by rule order by z, dimension, {{ binary_collation('dimension_value') }}, period_start) as z_rank,
        count(*) over (partition by rule) as comparisons

    from compared

    where z is not null

),

-- a value that is not below is not weak
probabilities as (

    select
        ranked.*,
        case
            when z < 0 then {{ normal_tail('z') }}
            else 1
        end as p_value

    from ranked

),

-- Benjamini and Hochberg 1995
adjusted as (

    select
        probabilities.*,
        min(p_value * comparisons / z_rank) over (
            partition by rule order by z_rank rows between current row and unbounded following
        ) as adjusted_p_value

    from probabilities

),

weak as (

    select
        adjusted.*,
        row_number() over (partition by adjusted.rule, adjusted.dimension, adjusted.dimension_value order by adjusted.period_start)
            as longest_first

    from adjusted
    cross join {{ ref('report_thresholds') }} as thresholds

    where
        adjusted.adjusted_p_value <= thresholds.false_discovery_rate
        and adjusted.weak_months_share >= adjusted.minimum_share
        and adjusted.numerator < adjusted.target * adjusted.denominator
        and adjusted.numerator <= (1 - adjusted.minimum_distance) * adjusted.expected * adjusted.denominator

),

final as (

    select
        rule,
        dimension,
        dimension_value,
        'pool' as period,
        period_start,
        period_end,
        true as is_ongoing,
        numerator as people,
        denominator as people_before,
        cast(expected as numeric(18, 6)) as expected,
        cast(null as numeric(18, 2)) as amount_each

    from weak

    where longest_first = 1

)

select * from final
