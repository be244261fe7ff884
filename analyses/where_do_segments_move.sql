-- Where do segments move: of the customers in a value tier, where did they stand a month later?
--
-- Run:  dbt show --select where_do_segments_move --limit 60    (with --output json for all columns)
--
-- Read: one row per move between two value tiers, over the last twelve complete months. move_share is the chance per
-- month to go from the one to the other (moves / from_customers, both in customer-months), last_move_share the same in
-- the newest month alone: where it is well above the year's, something has changed. The rows to watch are those out of
-- high_value (they leave the best tier: high_value to potential is a customer who pauses) and those into churn_risk; the
-- ones to work for are potential to high_value. From none are the new customers, and the tier they start in.
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
