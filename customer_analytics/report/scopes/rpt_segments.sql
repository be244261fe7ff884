-- segments of the scope's customers, with the labels of the mart
with customers as (
    unpivot (select frequency, monetary_amount, value_tier, lifecycle_segment from temp.fct_customer_rfm)
    on value_tier, lifecycle_segment into name scheme value segment
),

segments as (
    select
        scheme,
        segment,
        count(*) as customers,
        count(*) filter (where frequency >= 1) as buyers,
        count(*) filter (where frequency >= 2) as repeat_buyers,
        sum(frequency) as orders,
        sum(monetary_amount) as net_amount
    from customers
    group by scheme, segment
)

select
    shop.scheme,
    shop.segment,
    shop.segment_en,
    shop.segment_zh,
    shop.recommended_action_en,
    shop.recommended_action_zh,
    coalesce(segments.customers, 0) as customers,
    coalesce(segments.customers, 0) / sum(segments.customers) over schemes as customer_share,
    coalesce(segments.net_amount, 0) as net_amount,
    coalesce(segments.net_amount, 0) / nullif(sum(segments.net_amount) over schemes, 0) as net_amount_share,
    segments.net_amount / nullif(segments.orders, 0) as average_order_amount,
    segments.repeat_buyers / nullif(segments.buyers, 0) as repurchase_rate
from marts.rpt_segments as shop
left join segments using (scheme, segment)
where shop.scheme in ('value_tier', 'lifecycle_segment')
window schemes as (partition by shop.scheme)
