with scores as (

    select distinct score from {{ ref('rfm_bands') }}

),

cells as (

    select
        recency.score as r_score,
        frequency.score as f_score,
        monetary.score as m_score,
        -- rounds half up
        cast(floor((frequency.score + monetary.score + 1) / 2.0) as integer) as fm_score

    from scores as recency
    cross join scores as frequency
    cross join scores as monetary

),

matches as (

    select
        cells.r_score,
        cells.f_score,
        cells.m_score,
        segments.scheme,
        segments.segment,
        row_number() over (
            partition by cells.r_score, cells.f_score, cells.m_score, segments.scheme order by segments.priority
        ) as match_number

    from cells
    inner join {{ ref('rfm_segments') }} as segments
        on
            cells.r_score between segments.r_from and segments.r_to
            and cells.f_score between segments.f_from and segments.f_to
            and cells.m_score between segments.m_from and segments.m_to
            and cells.fm_score between segments.fm_from and segments.fm_to

),

final as (

    select
        scheme,
        r_score,
        f_score,
        m_score,
        concat(r_score, f_score, m_score) as rfm_cell,
        segment

    from matches

    where match_number = 1

)

select * from final
