{%- set most_steps = (funnels() | map(attribute='steps') | map('length') | max) -%}
{%- set attributes = ['channel', 'device', 'source', 'medium'] -%}
{#- dimensions, each with the flag that an entry counts for its person; value_tier is the same for all entries of a month -#}
{%- set counts = {'all': 'counts_in_all'} -%}
{%- for attribute in attributes -%} {%- do counts.update({attribute: 'counts_by_' ~ attribute ~ '_key'}) -%} {%- endfor -%}
{%- do counts.update({
    'customer_type': 'counts_by_is_new_customer', 'daypart': 'counts_by_daypart',
    'city_tier': 'counts_in_all', 'value_tier': 'counts_in_all',
}) -%}
{%- set columns = ['funnel_number', 'month'] + (counts | list)[1:] + counts.values() | unique | list -%}

with entries as (

    select * from {{ ref('int_funnel_entries_ranked') }}

),

city_tiers as (

    select
        persons.person_key,
        customers.city_tier

    from {{ ref('int_customers_resolved') }} as customers
    inner join {{ ref('int_persons') }} as persons on customers.customer_id = persons.person_id

),

-- the tier at the end of the previous month, because the current tier would depend on the outcome of the entry
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
        entries.*,
        {% for attribute in attributes -%}
        entries.{{ attribute }}_key as {{ attribute }},
        {% endfor -%}
        case when entries.is_new_customer then 'new' else 'returning' end as customer_type,
        case when pool.dimension is null then coalesce(city_tiers.city_tier, 'unknown') else 'other' end as city_tier,
        coalesce(value_tiers.value_tier, 'none') as value_tier

    from entries
    left join city_tiers on entries.person_key = city_tiers.person_key
    left join {{ ref('int_pooled_values') }} as pool
        on pool.dimension = 'city_tier' and coalesce(city_tiers.city_tier, 'unknown') = pool.dimension_value
    left join value_tiers on entries.person_key = value_tiers.person_key and entries.month = value_tiers.month

),

-- entries by last step reached, one row per combination of values, then the seconds of each entry before each step
measured as (

    select
        {{ columns | join(',\n        ') }},
        reached_step as step_number,
        count(*) as entries,
        cast(null as bigint) as seconds

    from described

    group by {{ columns | join(', ') }}, reached_step

    union all

    {% for step in range(2, most_steps + 1) -%}
    select
        {{ columns | join(',\n        ') }},
        {{ step }} as step_number,
        0 as entries,
        seconds_{{ step }} as seconds

    from described

    where seconds_{{ step }} is not null
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- keys instead of text, which is joined when there are few rows
by_dimension as (

    {% for dimension, is_counted in counts.items() -%}
    select
        funnel_number,
        month,
        '{{ dimension }}' as dimension,
        {{ "'all'" if dimension == 'all' else 'cast(' ~ dimension ~ ' as ' ~ dbt.type_string() ~ ')' }} as dimension_value,
        step_number,
        entries,
        case when {{ is_counted }} then entries else 0 end as people,
        seconds

    from measured

    where seconds is null or {{ is_counted }}
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
            when summed.dimension in ('{{ attributes | join("', '") }}') and summed.dimension_value = '-1' then 'other'
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
