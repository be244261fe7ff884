-- How do customers move between value tiers from month to month?
--
-- Run:  dbt show --select where_do_segments_move --limit 60    (with --output json for all columns)
--
-- How to read it: one row per move between two value tiers, over the last twelve complete months. move_share is the monthly
-- probability of the move (moves / from_customers, both in customer-months). last_move_share is the same for the latest
-- month: if it is well above the average of the year, something has changed. Watch the moves out of high_value (such as
-- high_value to potential: a customer who pauses) and into churn_risk; promote the move from potential to high_value. Moves
-- from none are new customers and the tier in which they start.
with moves as (

    select * from {{ ref('rpt_segment_migration') }}

    where scheme = 'value_tier'

),

last_month as (

    select max(month) as last_month from moves

),

recent as (

    select
        moves.from_segment,
        moves.to_segment,
        sum(moves.customers) as customers,
        sum(case when moves.month = last_month.last_month then moves.customers else 0 end) as last_customers,
        sum(moves.net_amount) as net_amount

    from moves
    cross join last_month

    where moves.month > cast(last_month.last_month - interval '12' month as date)

    group by moves.from_segment, moves.to_segment

),

totals as (

    select
        recent.*,
        sum(recent.customers) over (partition by recent.from_segment) as from_customers,
        sum(recent.last_customers) over (partition by recent.from_segment) as last_from_customers

    from recent

)

select
    from_labels.label_en as from_segment,
    to_labels.label_en as to_segment,
    totals.customers as moves,
    totals.from_customers,
    {{ safe_divide('totals.customers', 'totals.from_customers') }} as move_share,
    totals.last_customers as last_moves,
    totals.last_from_customers,
    {{ safe_divide('totals.last_customers', 'totals.last_from_customers') }} as last_move_share,
    totals.net_amount

from totals
left join {{ ref('labels') }} as from_labels
    on from_labels.code_type = 'value_tier' and totals.from_segment = from_labels.code
left join {{ ref('labels') }} as to_labels
    on to_labels.code_type = 'value_tier' and totals.to_segment = to_labels.code

where totals.from_segment <> totals.to_segment

order by from_segment asc, moves desc, to_segment asc
