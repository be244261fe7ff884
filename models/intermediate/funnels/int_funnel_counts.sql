{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set attributes = ['channel', 'device', 'source', 'medium'] -%}
{#- dimensions by which a person may enter differently within a month; a tier is the same for all entries of it -#}
{%- set varying = attributes + ['customer_type', 'daypart'] -%}
{%- set dimensions = ['all'] + varying + ['city_tier', 'value_tier'] -%}

with entries as (

    select
        int_funnel_entries.*,
        cast(date_trunc('month', entered_date) as date) as month

    from {{ ref('int_funnel_entries') }} as int_funnel_entries

    where is_mature

),

hours as (

    select {{ number_series(0, 23) }} as entered_hour

),

hour_dayparts as (

    select
        hours.entered_hour,
        dayparts.daypart

    from hours
    inner join {{ ref('dayparts') }} as dayparts
        on hours.entered_hour >= dayparts.from_hour and hours.entered_hour < dayparts.to_hour

),

persons as (

    select * from {{ ref('int_persons') }}

),

city_tiers as (

    select
        persons.person_key,
        customers.city_tier

    from {{ ref('int_customers_resolved') }} as customers
    inner join persons on customers.customer_id = persons.person_id

),

-- the tier at the end of the month before: a tier of today would know how the entry went
value_tiers as (

    select
        persons.person_key,
        cast(tiers.month + interval '1' month as date) as month,
        tiers.value_tier

    from {{ ref('int_customer_rfm') }} as tiers
    inner join persons on tiers.customer_id = persons.person_id

    where tiers.is_complete_month

),

described as (

    select
        entries.funnel_number,
        entries.month,
        entries.person_key,
        entries.reached_step,
        {% for step in range(2, most_steps + 1) -%}
        cast(floor({{ microseconds_between('entries.step_' ~ (step - 1) ~ '_at', 'entries.step_' ~ step ~ '_at') }} / 1000000.0) as bigint) as seconds_{{ step }},
        {% endfor -%}
        {% for attribute in attributes -%}
        entries.{{ attribute }}_key as {{ attribute }},
        {% endfor -%}
        case when entries.is_new_customer then 'new' else 'returning' end as customer_type,
        hour_dayparts.daypart,
        coalesce(city_tiers.city_tier, 'unknown') as city_tier,
        coalesce(value_tiers.value_tier, 'none') as value_tier,
        -- a person counts with the entry that went furthest, among equals with the latest
        row_number() over (
            partition by entries.person_key, entries.funnel_number, entries.month
            order by entries.reached_step desc, entries.step_1_at desc, entries.session_key
        ) as entry_number,
        count(*) over (partition by entries.person_key, entries.funnel_number, entries.month) as person_entries

    from entries
    left join city_tiers on entries.person_key = city_tiers.person_key
    left join value_tiers on entries.person_key = value_tiers.person_key and entries.month = value_tiers.month
    left join hour_dayparts on entries.entered_hour = hour_dayparts.entered_hour

),

-- whether the entry is the one with which the person counts, over all and for the entry's value of each dimension
ranked as (

    select
        described.*,
        1 as counts_all,
        {% for dimension in varying -%}
        1 as counts_{{ dimension }}{{ ',' if not loop.last }}
        {% endfor %}
    from described

    where person_entries = 1

    union all

    select
        described.*,
        case when entry_number = 1 then 1 else 0 end as counts_all,
        {% for dimension in varying -%}
        case
            when row_number() over (
                partition by person_key, funnel_number, month, {{ dimension }} order by entry_number
            ) = 1 then 1 else 0
        end as counts_{{ dimension }}{{ ',' if not loop.last }}
        {% endfor %}
    from described

    where person_entries > 1

),

{% for attribute in attributes -%}
{{ attribute }}_values as (

    select distinct
        {{ attribute }}_key,
        {{ attribute }}

    from {{ ref('int_sessions') }}

),

{% endfor -%}

-- counts need few rows: one for each combination of values
combined as (

    select
        funnel_number,
        month,
        reached_step,
        {{ varying | join(',\n        ') }},
        city_tier,
        value_tier,
        counts_all,
        {% for dimension in varying -%}
        counts_{{ dimension }},
        {% endfor -%}
        count(*) as entries

    from ranked

    group by
        funnel_number,
        month,
        reached_step,
        {{ varying | join(',\n        ') }},
        city_tier,
        value_tier,
        counts_all,
        {% for dimension in varying -%}
        counts_{{ dimension }}{{ ',' if not loop.last }}
        {% endfor %}
),

reached as (

    {% for dimension in dimensions -%}
    select
        combined.funnel_number,
        combined.month,
        '{{ dimension }}' as dimension,
        {% if dimension == 'all' -%} 'all'
        {%- elif dimension in attributes -%} {{ dimension }}_values.{{ dimension }}
        {%- else -%} combined.{{ dimension }}
        {%- endif %} as dimension_value,
        combined.reached_step,
        combined.entries,
        combined.entries * combined.counts_{{ dimension if dimension in varying else 'all' }} as people

    from combined
    {%- if dimension in attributes %}
    left join {{ dimension }}_values on combined.{{ dimension }} = {{ dimension }}_values.{{ dimension }}_key
    {%- endif %}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

summed as (

    select
        reached.funnel_number,
        reached.month,
        reached.dimension,
        reached.dimension_value,
        steps.step_number,
        sum(case when reached.reached_step >= steps.step_number then reached.entries else 0 end) as entries,
        sum(case when reached.reached_step >= steps.step_number then reached.people else 0 end) as people

    from reached
    inner join {{ ref('int_funnel_steps') }} as steps on reached.funnel_number = steps.funnel_number

    group by reached.funnel_number, reached.month, reached.dimension, reached.dimension_value, steps.step_number

),

stepped as (

    {% for step in range(2, most_steps + 1) -%}
    select
        funnel_number,
        month,
        {{ varying | join(',\n        ') }},
        city_tier,
        value_tier,
        counts_all,
        {% for dimension in varying -%}
        counts_{{ dimension }},
        {% endfor -%}
        {{ step }} as step_number,
        seconds_{{ step }} as seconds

    from ranked

    where seconds_{{ step }} is not null
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

dimension_seconds as (

    {% for dimension in dimensions -%}
    select
        stepped.funnel_number,
        stepped.month,
        stepped.step_number,
        '{{ dimension }}' as dimension,
        {% if dimension == 'all' -%} 'all'
        {%- elif dimension in attributes -%} {{ dimension }}_values.{{ dimension }}
        {%- else -%} stepped.{{ dimension }}
        {%- endif %} as dimension_value,
        stepped.seconds

    from stepped
    {%- if dimension in attributes %}
    left join {{ dimension }}_values on stepped.{{ dimension }} = {{ dimension }}_values.{{ dimension }}_key
    {%- endif %}

    where stepped.counts_{{ dimension if dimension in varying else 'all' }} = 1
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

timed as (

    select
        funnel_number,
        month,
        dimension,
        dimension_value,
        step_number,
        {{ median('seconds') }} as median_seconds,
        percentile_disc(0.9) within group (order by seconds) as p90_seconds

    from dimension_seconds

    group by funnel_number, month, dimension, dimension_value, step_number

),

final as (

    select
        summed.funnel_number,
        summed.month,
        summed.dimension,
        summed.dimension_value,
        summed.step_number,
        summed.entries,
        summed.people,
        timed.median_seconds,
        timed.p90_seconds

    from summed
    left join timed
        on
            summed.funnel_number = timed.funnel_number
            and summed.month = timed.month
            and summed.dimension = timed.dimension
            and summed.dimension_value = timed.dimension_value
            and summed.step_number = timed.step_number

)

select * from final
