{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set attributes = ['channel', 'device', 'source', 'medium'] -%}
{#- dimensions by which a person may enter differently within a month; a tier is the same for all entries of it -#}
{%- set varying = attributes + ['customer_type', 'daypart'] -%}
{%- set dimensions = ['all'] + varying + ['city_tier', 'value_tier'] -%}
{%- set columns = ['funnel_number', 'month'] + dimensions[1:] + ['counts_all'] + ('counts_' ~ varying | join(' counts_')).split() -%}

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

city_tiers as (

    select
        persons.person_key,
        customers.city_tier

    from {{ ref('int_customers_resolved') }} as customers
    inner join {{ ref('int_persons') }} as persons on customers.customer_id = persons.person_id

),

-- the tier at the end of the month before: a tier of today would know how the entry went
value_tiers as (

    select
        persons.person_key,
        cast(tiers.month + interval '1' month as date) as month,
        tiers.value_tier

    from {{ ref('int_customer_rfm') }} as tiers
    inner join {{ ref('int_persons') }} as persons on tiers.customer_id = persons.person_id

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
            order by entries.reached_step desc, entries.step_1_at desc, entries.session_key asc
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
        {% for dimension in varying -%}
        1 as counts_{{ dimension }},
        {% endfor -%}
        1 as counts_all

    from described

    where person_entries = 1

    union all

    select
        described.*,
        {% for dimension in varying -%}
        case
            when row_number() over (
                partition by person_key, funnel_number, month, {{ dimension }} order by entry_number
            ) = 1 then 1 else 0
        end as counts_{{ dimension }},
        {% endfor -%}
        case when entry_number = 1 then 1 else 0 end as counts_all

    from described

    where person_entries > 1

),

-- entries by the step they reached, one row for each combination of values, then the seconds of each entry before each step
measured as (

    select
        {{ columns | join(',\n        ') }},
        reached_step as step_number,
        count(*) as entries,
        cast(null as bigint) as seconds

    from ranked

    group by {{ columns | join(', ') }}, reached_step

    union all

    {% for step in range(2, most_steps + 1) -%}
    select
        {{ columns | join(',\n        ') }},
        {{ step }} as step_number,
        0 as entries,
        seconds_{{ step }} as seconds

    from ranked

    where seconds_{{ step }} is not null
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- an attribute by its key: the text follows once the rows are few
by_dimension as (

    {% for dimension in dimensions -%}
    {%- set counts = 'counts_' ~ (dimension if dimension in varying else 'all') -%}
    select
        funnel_number,
        month,
        '{{ dimension }}' as dimension,
        {{ "'all'" if dimension == 'all' else 'cast(' ~ dimension ~ ' as ' ~ dbt.type_string() ~ ')' }} as dimension_value,
        step_number,
        entries,
        entries * {{ counts }} as people,
        seconds

    from measured

    where seconds is null or {{ counts }} = 1
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        funnel_number,
        month,
        dimension,
        dimension_value,
        step_number,
        sum(entries) as entries,
        sum(people) as people,
        {{ median('seconds') }} as median_seconds,
        percentile_disc(0.9) within group (order by seconds) as p90_seconds

    from by_dimension

    group by funnel_number, month, dimension, dimension_value, step_number

),

attribute_values as (

    {% for attribute in attributes -%}
    select distinct
        '{{ attribute }}' as dimension,
        cast({{ attribute }}_key as {{ dbt.type_string() }}) as attribute_key,
        {{ attribute }} as attribute_value

    from {{ ref('int_touches') }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        summed.funnel_number,
        summed.month,
        summed.dimension,
        case
            when summed.dimension in ('{{ attributes | join("', '") }}') then coalesce(attribute_values.attribute_value, 'unknown')
            else summed.dimension_value
        end as dimension_value,
        steps.step_number,
        sum(case when summed.step_number >= steps.step_number then summed.entries else 0 end) as entries,
        sum(case when summed.step_number >= steps.step_number then summed.people else 0 end) as people,
        max(case when summed.step_number = steps.step_number then summed.median_seconds end) as median_seconds,
        max(case when summed.step_number = steps.step_number then summed.p90_seconds end) as p90_seconds

    from summed
    inner join {{ ref('int_funnel_steps') }} as steps on summed.funnel_number = steps.funnel_number
    left join attribute_values
        on summed.dimension = attribute_values.dimension and summed.dimension_value = attribute_values.attribute_key

    group by
        summed.funnel_number, summed.month, summed.dimension, summed.dimension_value, attribute_values.attribute_value, steps.step_number

)

select * from final
