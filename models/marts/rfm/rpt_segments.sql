with cell_segments as (

    select * from {{ ref('int_rfm_cell_segments') }}

),

-- segments are looked up per cell (125), which is cheaper than per customer
cells as (

    select
        rfm_cell,
        count(*) as customers,
        sum(case when frequency >= 1 then 1 else 0 end) as buyers,
        sum(case when frequency >= 2 then 1 else 0 end) as repeat_buyers,
        sum(frequency) as orders,
        sum(monetary_amount) as net_amount,
        sum(margin_amount) as margin_amount,
        sum(costed_net_amount) as costed_net_amount

    from {{ ref('fct_customer_rfm') }}

    group by rfm_cell

),

schemes as (

    select distinct scheme from cell_segments

),

segmented as (

    select
        schemes.scheme,
        coalesce(cell_segments.segment, 'unscored') as segment,
        cells.customers,
        cells.buyers,
        cells.repeat_buyers,
        cells.orders,
        cells.net_amount,
        cells.margin_amount,
        cells.costed_net_amount

    from cells
    cross join schemes
    left join cell_segments
        on schemes.scheme = cell_segments.scheme and cells.rfm_cell = cell_segments.rfm_cell

),

totals as (

    select
        scheme,
        segment,
        sum(customers) as customers,
        sum(buyers) as buyers,
        sum(repeat_buyers) as repeat_buyers,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        sum(margin_amount) as margin_amount,
        sum(costed_net_amount) as costed_net_amount

    from segmented

    group by scheme, segment

),

all_segments as (

    select
        scheme,
        segment

    from cell_segments

    union

    select
        scheme,
        segment

    from totals

),

-- empty segments get a row with 0
complete as (

    select
        all_segments.scheme,
        all_segments.segment,
        coalesce(totals.customers, 0) as customers,
        coalesce(totals.buyers, 0) as buyers,
        coalesce(totals.repeat_buyers, 0) as repeat_buyers,
        coalesce(totals.orders, 0) as orders,
        coalesce(totals.net_amount, 0) as net_amount,
        totals.margin_amount,
        totals.costed_net_amount,
        sum(totals.customers) over (partition by all_segments.scheme) as scheme_customers,
        sum(totals.net_amount) over (partition by all_segments.scheme) as scheme_net_amount

    from all_segments
    left join totals
        on all_segments.scheme = totals.scheme and all_segments.segment = totals.segment

),

final as (

    select
        complete.scheme,
        schemes.label_en as scheme_en,
        schemes.label_zh as scheme_zh,
        complete.segment,
        segments.label_en as segment_en,
        segments.label_zh as segment_zh,
        cast(complete.customers as bigint) as customers,
        cast(complete.scheme_customers as bigint) as scheme_customers,
        {{ safe_divide('complete.customers', 'complete.scheme_customers') }} as customer_share,
        cast(complete.net_amount as numeric(18, 2)) as net_amount,
        cast(complete.scheme_net_amount as numeric(18, 2)) as scheme_net_amount,
        {{ safe_divide('complete.net_amount', 'complete.scheme_net_amount') }} as net_amount_share,
        cast(complete.margin_amount as numeric(18, 2)) as margin_amount,
        cast(complete.costed_net_amount as numeric(18, 2)) as costed_net_amount,
        cast(complete.orders as bigint) as orders,
        {{ average_amount('complete.net_amount', 'complete.orders') }} as average_order_amount,
        cast(complete.buyers as bigint) as buyers,
        cast(complete.repeat_buyers as bigint) as repeat_buyers,
        {{ safe_divide('complete.repeat_buyers', 'complete.buyers') }} as repurchase_rate,
        actions.action_en as recommended_action_en,
        actions.action_zh as recommended_action_zh

    from complete
    left join {{ ref('labels') }} as schemes
        on schemes.code_type = 'scheme' and complete.scheme = schemes.code
    left join {{ ref('labels') }} as segments
        on complete.scheme = segments.code_type and complete.segment = segments.code
    left join {{ ref('recommended_actions') }} as actions
        on complete.scheme = actions.action_for and complete.segment = actions.code

)

select * from final
