-- name: attributes
with known as (
    select
        *,
        row_number() over (partition by attribute order by pooled_values nulls first, customers desc, rank) as position,
        net_amount / nullif(sum(net_amount) over of_shop, 0) as net_amount_share,
        sum(net_amount) over of_shop / nullif(sum(orders) over of_shop, 0) as shop_order_amount,
        sum(repeat_customers) over of_shop / sum(customers) over of_shop as shop_repurchase_rate
    from marts.rpt_customer_portrait
    where customers > 0
    window of_shop as (partition by attribute)
    -- an attribute with a single value says nothing
    qualify count(*) over (partition by attribute) > 1
)

select
    value_label(
        case attribute
            when 'preferred_category' then 'category'
            when 'preferred_channel' then 'channel'
            when 'preferred_visit_channel' then 'channel'
            when 'preferred_daypart' then 'daypart'
            when 'acquisition_source' then 'source'
            else attribute
        end,
        value,
        pooled_values
    ) as value_name,
    customers,
    share as customer_share,
    net_amount as year_net_amount,
    net_amount_share,
    average_order_amount,
    repurchase_rate as year_repurchase_rate,
    shop_order_amount,
    shop_repurchase_rate,
    attribute,
    label('dimension', attribute) as attribute_name,
    value
from known
where
    position <= 10
    and attribute in (
        'age_band', 'gender', 'city_tier', 'region', 'member_tier', 'acquisition_source',
        'preferred_category', 'preferred_channel', 'preferred_daypart', 'price_sensitivity'
    )
order by
    list_position(
        [
            'age_band', 'gender', 'city_tier', 'region', 'member_tier', 'acquisition_source',
            'preferred_category', 'preferred_channel', 'preferred_daypart', 'price_sensitivity'
        ],
        attribute
    ),
    position

-- name: stages
select
    label('lifecycle_stage', lifecycle_stage) as stage,
    count(*) as customers,
    count(*) / sum(count(*)) over () as customer_share,
    sum(lifetime_net_amount) as all_time_net_amount,
    sum(predicted_value_365d) as predicted_value,
    lifecycle_stage
from marts.dim_customers
group by lifecycle_stage
order by list_position(['prospect', 'new', 'active', 'at_risk', 'churned'], lifecycle_stage)

-- name: personas
select
    persona_{lang} as persona,
    customers,
    customer_share,
    mean_recency_days,
    mean_orders_365d as mean_orders,
    mean_order_amount,
    mean_discounted_share,
    mean_returned_share
from marts.rpt_personas
order by customers desc, persona
