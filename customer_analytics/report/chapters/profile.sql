-- name: attributes
with ranked as (
    select
        *,
        row_number() over (partition by attribute order by value = 'other', rank) as position,
        shown_value(value, position) as shown
    from marts.rpt_customer_portrait
    where
        customers > 0
        and attribute in (
            'age_band', 'gender', 'city_tier', 'region', 'member_tier', 'acquisition_source',
            'preferred_category', 'preferred_channel', 'preferred_daypart', 'price_sensitivity'
        )
    -- an attribute with a single value says nothing
    qualify count(*) over (partition by attribute) > 1
)

select
    value_label(
        case attribute
            when 'preferred_category' then 'category'
            when 'preferred_channel' then 'channel'
            when 'preferred_daypart' then 'daypart'
            when 'acquisition_source' then 'source'
            else attribute
        end,
        shown,
        sum(values_held(position, pooled_values))
    ) as value_name,
    sum(customers)::bigint as customers,
    sum(customers) / max(all_customers) as customer_share,
    sum(net_amount) as year_net_amount,
    sum(net_amount) / nullif(max(all_net_amount), 0) as net_amount_share,
    sum(net_amount) / nullif(sum(orders), 0) as average_order_amount,
    sum(repeat_customers) / sum(customers) as year_repurchase_rate,
    max(all_net_amount) / nullif(sum(sum(orders)) over of_shop, 0) as shop_order_amount,
    sum(sum(repeat_customers)) over of_shop / max(all_customers) as shop_repurchase_rate,
    attribute,
    label('dimension', attribute) as attribute_name,
    shown as value
from ranked
group by attribute, shown
window of_shop as (partition by attribute)
order by
    list_position(
        [
            'age_band', 'gender', 'city_tier', 'region', 'member_tier', 'acquisition_source',
            'preferred_category', 'preferred_channel', 'preferred_daypart', 'price_sensitivity'
        ],
        attribute
    ),
    min(position)

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
    mean_order_units,
    mean_discounted_share,
    mean_returned_share,
    mean_store_share,
    mean_sessions_90d as mean_sessions
from marts.rpt_personas
order by customers desc, persona

-- name: profiles
select
    group_value_{lang} as group_name,
    trait_{lang} as trait_name,
    trait_value_{lang} as trait_value_name,
    customers,
    group_customers,
    share as group_share,
    rest_share,
    profile_index,
    group_value
from marts.rpt_profiles
where
    group_kind = 'value_tier'
    and is_beyond_chance
    and z_score > 0
    -- true by the definition of the tiers
    and trait != 'recency_band'
    and trait_value not in ('unknown', 'other')
qualify row_number() over (partition by group_value order by rank) <= 5
order by list_position(['high_value', 'potential', 'general', 'churn_risk', 'low_value', 'unscored'], group_value), rank
