with monthly as (

    select * from {{ ref('fct_customer_rfm_monthly') }}

),

moves as (

    select
        month,
        customer_id,
        monetary_amount,
        coalesce(rfm_cell, 'unscored') as to_cell,
        lag(coalesce(rfm_cell, 'unscored'), 1, 'none') over (partition by customer_id order by month) as from_cell

    from monthly

),

-- segments are looked up per pair of cells, which is cheaper than per customer
cell_moves as (

    select
        month,
        from_cell,
        to_cell,
        count(*) as customers,
        sum(monetary_amount) as net_amount

    from moves

    group by month, from_cell, to_cell

),

cell_segments as (

    select * from {{ ref('int_rfm_cell_segments') }}

),

schemes as (

    select distinct scheme from cell_segments

),

segment_moves as (

    select
        cell_moves.month,
        schemes.scheme,
        coalesce(from_segments.segment, cell_moves.from_cell) as from_segment,
        coalesce(to_segments.segment, cell_moves.to_cell) as to_segment,
        cell_moves.customers,
        cell_moves.net_amount

    from cell_moves
    cross join schemes
    left join cell_segments as from_segments
        on schemes.scheme = from_segments.scheme and cell_moves.from_cell = from_segments.rfm_cell
    left join cell_segments as to_segments
        on schemes.scheme = to_segments.scheme and cell_moves.to_cell = to_segments.rfm_cell

),

final as (

    select
        month,
        scheme,
        from_segment,
        to_segment,
        cast(sum(customers) as bigint) as customers,
        cast(sum(net_amount) as numeric(18, 2)) as net_amount

    from segment_moves

    group by month, scheme, from_segment, to_segment

)

select * from final
