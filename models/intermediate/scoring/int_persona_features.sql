{%- set logarithms = {
    'recency': 'recency_days', 'orders_365d': 'year_orders', 'order_amount': 'mean_day_amount', 'tenure': 'observed_days',
    'units_per_order': 'order_units', 'sessions_90d': 'recent_sessions',
} -%}
{%- set shares = {
    'discounted_share': ('discounted_orders', 'orders'), 'returned_share': ('returned_orders', 'orders'),
    'store_share': ('store_orders', 'channel_orders'), 'weekend_share': ('weekend_orders', 'orders'),
    'evening_share': ('evening_orders', 'orders'), 'category_1_share': ('category_1_orders', 'orders'),
    'category_2_share': ('category_2_orders', 'orders'), 'category_3_share': ('category_3_orders', 'orders'),
    'cart_share': ('cart_sessions', 'recent_sessions'),
} -%}

with order_categories as (

    select distinct
        purchases.customer_id,
        items.order_id,
        items.category

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_purchases') }} as purchases on items.order_id = purchases.order_id

    where items.category <> 'unknown'

),

largest_categories as (

    select
        category,
        row_number() over (order by count(*) desc, {{ binary_collation('category') }}) as category_rank

    from order_categories

    group by category

),

categories as (

    select
        order_categories.customer_id,
        count(case when largest_categories.category_rank = 1 then 1 end) as category_1_orders,
        count(case when largest_categories.category_rank = 2 then 1 end) as category_2_orders,
        count(case when largest_categories.category_rank = 3 then 1 end) as category_3_orders

    from order_categories
    inner join largest_categories on order_categories.category = largest_categories.category

    group by order_categories.customer_id

),

orders as (

    select
        purchases.customer_id,
        sum(purchases.units) as units,
        count(*) as orders,
        count(case when purchases.gross_amount > purchases.goods_amount then 1 end) as discounted_orders,
        count(case when purchases.refunded_amount > 0 then 1 end) as returned_orders,
        count(case when purchases.channel <> 'unknown' then 1 end) as channel_orders,
        count(case when purchases.channel = 'store' then 1 end) as store_orders,
        count(case when {{ weekday_number('purchases.order_date') }} >= 6 then 1 end) as weekend_orders,
        count(case when dayparts.daypart in ('evening', 'late') then 1 end) as evening_orders

    from {{ ref('int_purchases') }} as purchases
    left join {{ ref('dayparts') }} as dayparts on purchases.order_hour >= dayparts.from_hour and purchases.order_hour < dayparts.to_hour

    group by purchases.customer_id

),

sessions as (

    select
        persons.customer_id,
        count(*) as recent_sessions,
        count(case when visits.cart_adds > 0 then 1 end) as cart_sessions

    from {{ ref('int_visits') }} as visits
    inner join {{ ref('int_persons') }} as persons on visits.person_key = persons.person_key
    inner join {{ ref('int_as_of') }} as as_of on {{ dbt.datediff(shop_date('visits.ended_at'), 'as_of.as_of_date', 'day') }} < 90

    group by persons.customer_id

),

counted as (

    select
        features.snapshot_date,
        features.is_in_sample,
        features.recency_days,
        features.orders_365d as year_orders,
        features.mean_day_amount,
        features.observed_days,
        orders.*,
        {{ safe_divide('orders.units', 'orders.orders') }} as order_units,
        {% for rank in [1, 2, 3] -%}
        coalesce(categories.category_{{ rank }}_orders, 0) as category_{{ rank }}_orders,
        {% endfor -%}
        coalesce(sessions.recent_sessions, 0) as recent_sessions,
        coalesce(sessions.cart_sessions, 0) as cart_sessions

    from {{ ref('int_order_features') }} as features
    inner join orders on features.customer_id = orders.customer_id
    left join categories on features.customer_id = categories.customer_id
    left join sessions on features.customer_id = sessions.customer_id

    where features.is_as_of

),

shop as (

    select
        {% for share, (part, whole) in shares.items() -%}
        coalesce(cast(sum(counted.{{ part }}) as {{ type_double() }}) / nullif(sum(counted.{{ whole }}), 0), 0) as {{ share }},
        {% endfor -%}
        cast(max(thresholds.value) as {{ type_double() }}) as prior_orders

    from counted
    inner join {{ ref('customer_thresholds') }} as thresholds on thresholds.threshold = 'persona_prior_orders'

),

category_names as (

    select
        max(case when category_rank = 1 then category end) as category_1,
        max(case when category_rank = 2 then category end) as category_2,
        max(case when category_rank = 3 then category end) as category_3

    from largest_categories

),

final as (

    select
        counted.*,
        category_names.*,
        {% for feature, number in logarithms.items() -%}
        ln(1 + cast(counted.{{ number }} as {{ type_double() }})) as {{ feature }},
        {% endfor -%}
        -- a few orders say little about a habit, so the share starts from that of the shop
        {% for share, (part, whole) in shares.items() -%}
        {{ safe_divide('counted.' ~ part, 'counted.' ~ whole) }} as own_{{ share }},
        (counted.{{ part }} + shop.prior_orders * shop.{{ share }}) / (counted.{{ whole }} + shop.prior_orders) as {{ share }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from counted
    cross join shop
    cross join category_names

)

select * from final
