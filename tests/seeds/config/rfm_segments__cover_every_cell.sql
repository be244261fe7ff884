-- Guards edits of the segment rules: every cell has exactly one segment per scheme, no rule or segment is unreachable,
-- and the models give each cell the segment of its first matching rule.
with scores as (

    {% for score in range(1, 6) -%}
    select {{ score }} as score{{ " union all" if not loop.last }}
    {% endfor %}
),

cells as (

    select
        recency.score as r_score,
        frequency.score as f_score,
        monetary.score as m_score,
        -- average of both scores, rounded half up
        case
            when mod(frequency.score + monetary.score, 2) = 0 then (frequency.score + monetary.score) / 2
            else (frequency.score + monetary.score + 1) / 2
        end as fm_score

    from scores as recency
    cross join scores as frequency
    cross join scores as monetary

),

schemes as (

    select distinct scheme from {{ ref('rfm_segments') }}

),

first_rules as (

    select
        schemes.scheme,
        cells.r_score,
        cells.f_score,
        cells.m_score,
        min(rules.priority) as priority

    from cells
    cross join schemes
    left join {{ ref('rfm_segments') }} as rules
        on
            schemes.scheme = rules.scheme
            and cells.r_score between rules.r_from and rules.r_to
            and cells.f_score between rules.f_from and rules.f_to
            and cells.m_score between rules.m_from and rules.m_to
            and cells.fm_score between rules.fm_from and rules.fm_to

    group by schemes.scheme, cells.r_score, cells.f_score, cells.m_score

),

cell_segments as (

    select * from {{ ref('int_rfm_cell_segments') }}

),

cell_errors as (

    select
        first_rules.scheme,
        concat(first_rules.r_score, first_rules.f_score, first_rules.m_score) as concerned,
        count(rules.segment) as segments

    from first_rules
    left join {{ ref('rfm_segments') }} as rules
        on first_rules.scheme = rules.scheme and first_rules.priority = rules.priority
    left join cell_segments
        on
            first_rules.scheme = cell_segments.scheme
            and first_rules.r_score = cell_segments.r_score
            and first_rules.f_score = cell_segments.f_score
            and first_rules.m_score = cell_segments.m_score

    group by first_rules.scheme, first_rules.r_score, first_rules.f_score, first_rules.m_score

    having count(rules.segment) <> 1 or max(rules.segment) is distinct from max(cell_segments.segment)

),

unreached_rules as (

    select
        rules.scheme,
        rules.segment as concerned,
        0 as segments

    from {{ ref('rfm_segments') }} as rules
    left join first_rules on rules.scheme = first_rules.scheme and rules.priority = first_rules.priority

    where first_rules.scheme is null

),

unknown_schemes as (

    select
        scheme,
        'no column' as concerned,
        0 as segments

    from schemes

    where scheme not in ('{{ rfm_schemes() | join("', '") }}')

)

select * from cell_errors

union all

select * from unreached_rules

union all

select * from unknown_schemes
