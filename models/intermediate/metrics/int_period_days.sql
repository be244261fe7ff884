{%- set intervals = {
    'day': ("interval '1' day", "interval '1' year"),
    'week': ("interval '7' day", "interval '364' day"),
    'month': ("interval '1' month", "interval '1' year"),
} -%}

with kinds as (

    select * from {{ ref('period_kinds') }}

),

first_order as (

    select min(order_date) as first_order_date from {{ ref('int_orders') }}
    where is_valid

),

first_session as (

    select min(session_date) as first_session_date from {{ ref('int_sessions') }}

),

bounds as (

    select
        as_of.as_of_date,
        first_order.first_order_date,
        first_session.first_session_date

    from {{ ref('int_as_of') }} as as_of
    cross join first_order
    cross join first_session

),

days as (

    select
        {{ time_series(
            'cast(least(first_order_date, first_session_date, as_of_date) as timestamp)', 'cast(as_of_date as timestamp)', 'day'
        ) }} as starts_at

    from bounds

),

calendar_periods as (

    {% for unit, (length, year) in intervals.items() -%}
    select distinct
        '{{ unit }}' as period_kind,
        cast(date_trunc('{{ unit }}', starts_at) as date) as period_start,
        cast(date_trunc('{{ unit }}', starts_at) + {{ length }} - interval '1' day as date) as period_end,
        cast(date_trunc('{{ unit }}', starts_at) - {{ length }} as date) as previous_start,
        cast(date_trunc('{{ unit }}', starts_at) - interval '1' day as date) as previous_end,
        cast(date_trunc('{{ unit }}', starts_at) - {{ year }} as date) as year_ago_start,
        cast(date_trunc('{{ unit }}', starts_at) - {{ year }} + {{ length }} - interval '1' day as date) as year_ago_end

    from days

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

-- rolling periods end on as_of_date and on each month end
rolling_ends as (

    select
        kinds.period_kind,
        kinds.rolling_days,
        cast(days.starts_at as date) as period_end,
        cast(days.starts_at - interval '1' year as date) as year_ago_end

    from days
    cross join bounds
    inner join kinds on kinds.rolling_days is not null

    where
        cast(days.starts_at as date) = bounds.as_of_date
        or days.starts_at = date_trunc('month', days.starts_at) + interval '1' month - interval '1' day

),

periods as (

    select * from calendar_periods

    union all

    select
        period_kind,
        cast({{ dbt.dateadd('day', '1 - rolling_days', 'period_end') }} as date) as period_start,
        period_end,
        cast({{ dbt.dateadd('day', '1 - 2 * rolling_days', 'period_end') }} as date) as previous_start,
        cast({{ dbt.dateadd('day', '-rolling_days', 'period_end') }} as date) as previous_end,
        cast({{ dbt.dateadd('day', '1 - rolling_days', 'year_ago_end') }} as date) as year_ago_start,
        year_ago_end

    from rolling_ends

),

-- a running period is compared with the same days of the other period
windows as (

    {% for comparison, begin, end in [
        ('current', 'period_start', 'period_end'), ('previous', 'previous_start', 'previous_end'), ('year_ago', 'year_ago_start', 'year_ago_end'),
    ] -%}
    select
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        '{{ comparison }}' as comparison,
        periods.{{ begin }} as first_day,
        case
            when periods.period_end <= bounds.as_of_date then periods.{{ end }}
            else least(periods.{{ end }}, cast({{ dbt.dateadd(
                'day', dbt.datediff('periods.period_start', 'bounds.as_of_date', 'day'), 'periods.' ~ begin
            ) }} as date))
        end as last_day

    from periods
    cross join bounds

    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}

),

window_days as (

    select
        windows.*,
        {{ time_series('cast(first_day as timestamp)', 'cast(last_day as timestamp)', 'day') }} as starts_at

    from windows

),

final as (

    select
        window_days.period_kind,
        window_days.period_start,
        window_days.period_end,
        window_days.comparison,
        window_days.first_day,
        cast(window_days.starts_at as date) as day,
        kinds.has_all_dimensions,
        -- a rolling period that begins before the data would show growth where there is none
        kinds.rolling_days is null or window_days.first_day >= bounds.first_order_date as is_covered_by_orders,
        kinds.rolling_days is null or window_days.first_day >= bounds.first_session_date as is_covered_by_sessions

    from window_days
    inner join kinds on window_days.period_kind = kinds.period_kind
    cross join bounds

    where
        kinds.history_days is null
        or {{ dbt.datediff('window_days.period_start', 'bounds.as_of_date', 'day') }} < kinds.history_days

)

select * from final
