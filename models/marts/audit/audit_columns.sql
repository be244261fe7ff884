-- noqa: disable=LT02
{% set reads_local_times = var('shop_timezone') != 'UTC' and not var('input_timezone') -%}

with positions as (

    {% for position in range(1, 26) -%}
    select {{ position }} as position{{ " union all" if not loop.last }}
    {% endfor %}
),

counted as (

    {% for table in input_tables() -%}
    {%- set names, counts = ['loaded_at'], ['count(loaded_at) as given_1', '0 as damaged_1'] -%}
    {%- for column in contract(table) if column.name != 'loaded_at' -%}
        {%- set is_id = column.is_id and column.name != 'email' -%}
        {%- if is_id or column.data_type != 'text' -%}
            {%- set value = 'row_key' if column.name == 'event_id' else column.name -%}
            {%- do names.append(column.name) -%}
            {%- do counts.append('count(' ~ value ~ ') as given_' ~ names | length) -%}
            {#- most ids have no letter e, so the pattern is rarely evaluated -#}
            {%- set is_damaged = "lower(" ~ value ~ ") like '%e%' and " ~ regexp_full_match(value, pattern('scientific_id')) -%}
            {%- do counts.append(('count(case when ' ~ is_damaged ~ ' then 1 end)' if is_id else '0') ~ ' as damaged_' ~ names | length) -%}
        {%- endif -%}
    {%- endfor -%}
    select
        '{{ table }}' as input,
        case positions.position{% for name in names %} when {{ loop.index }} then '{{ name }}'{% endfor %} end as column_name,
        case positions.position{% for name in names %} when {{ loop.index }} then given_{{ loop.index }}{% endfor %} end as given_values,
        case positions.position{% for name in names %} when {{ loop.index }} then damaged_{{ loop.index }}{% endfor %} end as damaged_values
    from (
        select {{ counts | join(', ') }}
        from {{ ref('base_shop__' ~ table) }}
    ) as counts
    inner join positions on positions.position <= {{ names | length }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

-- the input tables are read only if it is unclear which time zone their times are in
local_times as (

    {% for table in input_tables() -%}
    {%- set stamps, counts = contract(table) | selectattr('data_type', 'equalto', 'timestamp') | map(attribute='name') | list or ['loaded_at'], [] -%}
    {%- for name in stamps -%}
        {%- set is_local = regexp_full_match(read_text(name), pattern('day') ~ pattern('time_of_day')) -%}
        {%- do counts.append('count(case when ' ~ is_local ~ ' then 1 end) as local_' ~ name) -%}
    {%- endfor -%}
    select
        '{{ table }}' as input,
        case positions.position{% for name in stamps %} when {{ loop.index }} then '{{ name }}'{% endfor %} end as column_name,
        case positions.position{% for name in stamps %} when {{ loop.index }} then local_{{ name }}{% endfor %} end as local_values
    from (
        select {{ counts | join(', ') }}
        from {{ ref('input_shop__' ~ table) }}
        where {{ reads_local_times }}
    ) as counts
    inner join positions on positions.position <= {{ stamps | length }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

unusable as (

    select
        input,
        column_name,
        sum(rows) as unusable_values

    from {{ ref('audit_changed_values') }}

    where change in ('unreadable', 'negative', 'impossible')

    group by input, column_name

),

final as (

    select
        counted.input,
        counted.column_name,
        raw_columns.kind,
        cast(counted.given_values + coalesce(unusable.unusable_values, 0) as bigint) as given_values,
        cast(coalesce(unusable.unusable_values, 0) as bigint) as unusable_values,
        cast(counted.damaged_values as bigint) as damaged_values,
        -- a time zone in the type of the column is an offset
        cast(case when raw_columns.kind = 'zoned_timestamp' then 0 else coalesce(local_times.local_values, 0) end as bigint) as local_values

    from counted
    inner join {{ ref('input_shop__raw_columns') }} as raw_columns
        on counted.input = raw_columns.input and counted.column_name = raw_columns.column_name
    left join unusable on counted.input = unusable.input and counted.column_name = unusable.column_name
    left join local_times on counted.input = local_times.input and counted.column_name = local_times.column_name

)

select * from final
