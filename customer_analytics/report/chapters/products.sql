-- name: products
with ranked as (
    select
        *,
        row_number() over (order by product_id = 'other', net_amount desc, product_id) as position,
        shown_value(product_id, position) as shown
    from marts.rpt_products
    where orders > 0
)

select
    case
        when sum(values_held(position, null)) > 0 then value_label('product', shown, sum(values_held(position, null)))
        -- orders without lines are one line of an unknown product
        else any_value(coalesce(product_name, nullif(product_id, 'unknown'), label('category', 'unknown')))
    end as product_name,
    case when min(position) = max(position) then any_value(label('category', category)) end as category_name,
    case when min(position) = max(position) then any_value(brand) end as brand,
    case when min(position) = max(position) then any_value(label('stock_class', stock_class)) end as stock_class,
    case when min(position) = max(position) then any_value(label('price_level', price_level)) end as price_level,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    sum(returned_units) / nullif(sum(units), 0) as return_rate,
    sum(ratings * rating) / nullif(sum(ratings), 0) as rating,
    sum(view_and_cart_sessions) / nullif(sum(view_sessions), 0) as view_to_cart_rate,
    sum(cart_and_order_sessions) / nullif(sum(cart_sessions), 0) as cart_to_order_rate,
    shown as product_id
from ranked
group by shown
order by min(position)

-- name: categories
with categories as (
    select
        category,
        count(*) as products,
        sum(units) as units,
        sum(net_amount) as net_amount,
        row_number() over (order by category = 'other', sum(net_amount) desc, category) as position,
        shown_value(category, position) as shown
    from marts.rpt_products
    group by category
    having sum(orders) > 0
)

select
    value_label('category', shown, sum(values_held(position, null))) as category_name,
    sum(products)::bigint as products,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    shown as category
from categories
group by shown
order by min(position)

-- name: stock
select
    label('stock_class', stock_class) as stock_class,
    count(*) as products,
    sum(units)::bigint as units,
    sum(net_amount) as product_net_amount,
    count(*) / sum(count(*)) over () as product_share,
    sum(net_amount) / nullif(sum(sum(net_amount)) over (), 0) as net_amount_share,
    stock_class as code
from marts.rpt_products
where stock_class is not null
group by stock_class
order by stock_class

-- name: seasons
with categories as (
    select *, dense_rank() over (order by year_amount desc, category) as position
    from (
        select
            category,
            category_{lang} as category_name,
            month(month)::integer as month_number,
            net_amount,
            shop_net_amount,
            year_net_amount,
            shop_year_net_amount,
            season_index,
            sum(net_amount) over (partition by category) as year_amount
        from marts.rpt_categories_monthly
        -- a year is complete or not for the whole shop
        where year(month) in (select year(month) from marts.rpt_categories_monthly where season_index is not null)
            and category not in ('unknown', 'other')
    )
)

select
    category_name,
    month_number,
    case when '{lang}' = 'zh' then month_number || '月' else strftime(make_date(2000, month_number, 1), '%b') end as month_name,
    -- all complete years together: share of these months / share of these years
    sum(net_amount) / nullif(sum(shop_net_amount), 0) / nullif(sum(year_net_amount) / nullif(sum(shop_year_net_amount), 0), 0) as season_index,
    sum(net_amount) as product_net_amount
from categories
where position <= 10
group by category_name, month_number, position
order by position, month_number

-- name: first_products
select
    coalesce(product_name, product_id) as product_name,
    label('category', category) as category_name,
    first_customers,
    first_repeat_customers,
    first_repeat_rate,
    first_repeat_rate_lower as lower_rate,
    first_repeat_rate_upper as upper_rate,
    shop_first_repeat_rate,
    -- at least the normal quantile of 5% / number of products compared (Bonferroni)
    first_repeat_customers - first_customers * shop_first_repeat_rate
    > sqrt(2 * ln(count(*) over () / 0.05) * first_customers * shop_first_repeat_rate * (1 - shop_first_repeat_rate)) as is_clear
from marts.rpt_products
where first_repeat_rate is not null and product_id not in ('unknown', 'other')
-- the lower bound first, so that few customers do not lead the list
order by first_repeat_rate_lower desc, product_id
limit 10

-- name: first_categories
select
    label('category', category) as category_name,
    first_customers,
    first_repeat_customers,
    first_repeat_rate,
    first_repeat_rate_lower as lower_rate,
    first_repeat_rate_upper as upper_rate,
    shop_first_repeat_rate,
    first_repeat_customers - first_customers * shop_first_repeat_rate
    > sqrt(2 * ln(count(*) over () / 0.05) * first_customers * shop_first_repeat_rate * (1 - shop_first_repeat_rate)) as is_clear
from marts.rpt_category_cycles
cross join (select max(shop_first_repeat_rate) as shop_first_repeat_rate from marts.rpt_products)
where first_repeat_rate is not null and category not in ('unknown', 'other')
order by first_repeat_rate_lower desc, category
limit 10

-- name: price_levels
select
    label('price_level', cohort_value) as price_level,
    sum(cohort_customers)::bigint as level_customers,
    sum(retained_customers)::bigint as level_retained,
    sum(retained_customers) / sum(cohort_customers) as level_retention_rate,
    cohort_value as code
from marts.rpt_cohort_retention
where cohort_dimension = 'first_price_level' and cohort_value != 'unknown'
    and retention_kind = 'rolling_30d' and period_number = 1 and is_mature and is_in_totals
group by cohort_value
order by list_position(['entry', 'middle', 'premium'], cohort_value)

-- name: order_hours
select
    weekday_{lang} as weekday_name,
    hour,
    sum(orders)::bigint as orders,
    sum(net_amount) as net_amount,
    sum(orders) / sum(observed_hours) as orders_per_hour
from marts.rpt_order_hours
where (select count(distinct hour) from marts.rpt_order_hours where orders > 0) > 1
group by weekday_number, weekday_{lang}, hour
order by weekday_number, hour

-- name: returns
with categories as (
    select
        category,
        sum(units) as units,
        sum(returned_units) as returned_units,
        sum(sum(returned_units)) over () / nullif(sum(sum(units)) over (), 0) as shop_return_rate
    from marts.rpt_products
    group by category
)

select
    label('category', category) as category_name,
    units::bigint as units,
    returned_units / units as return_rate,
    shop_return_rate,
    category
from categories
-- too few units for a rate
where units >= 30 and returned_units > 0
order by return_rate desc, category
limit 10

-- name: views
select
    label('category', category) as category_name,
    sum(view_sessions)::bigint as view_sessions,
    sum(view_and_cart_sessions) / nullif(sum(view_sessions), 0) as view_to_cart_rate,
    sum(cart_sessions)::bigint as cart_sessions,
    sum(cart_and_order_sessions) / nullif(sum(cart_sessions), 0) as cart_to_order_rate,
    category
from marts.rpt_products
group by category
having sum(view_sessions) >= 30 and sum(cart_sessions) > 0
order by view_sessions desc, category
limit 10

-- name: discounts
with lines as (
    select *, avg(is_discounted::integer) over () as shop_discounted_share
    from marts.fct_order_items
    where is_valid and is_discounted is not null
)

select
    label('category', category) as category_name,
    count(*) as order_lines,
    count(*) filter (where is_discounted) as discounted_lines,
    count(*) filter (where is_discounted) / count(*) as discounted_share,
    sum(list_amount - least(paid_amount, list_amount)) / nullif(sum(list_amount), 0) as line_discount_rate,
    sum(margin_amount) as margin_amount,
    max(shop_discounted_share) as shop_discounted_share,
    category
from lines
group by category
-- too few lines for a share
having count(*) >= 30
order by discounted_share desc, category
limit 10

-- name: sensitivity
with portrait as (
    select *, sum(net_amount) over () / nullif(sum(orders) over (), 0) as shop_order_amount
    from marts.rpt_customer_portrait
    where attribute = 'price_sensitivity'
)

select
    label('price_sensitivity', value) as sensitivity_name,
    customers,
    share as customer_share,
    net_amount as year_net_amount,
    average_order_amount,
    repurchase_rate as year_repurchase_rate,
    shop_order_amount,
    value
from portrait
where customers > 0 and shop_order_amount > 0
qualify bool_or(value != 'unknown') over ()
order by list_position(['low', 'medium', 'high', 'unknown'], value)

-- name: pairs
with directed as (
    select
        *,
        -- both directions of a pair in one order say the same
        row_number() over (
            partition by level, kind, case when kind = 'same_order' then least(antecedent, consequent) || greatest(antecedent, consequent) end
            order by rank
        ) as direction
    from marts.rpt_product_pairs
)

select
    label('pair_kind', kind) as pair_kind_name,
    antecedent_{lang} as antecedent_name,
    consequent_{lang} as consequent_name,
    orders_together,
    confidence as confidence_rate,
    lift,
    lift_low,
    held_before
from directed
where level = 'product' and (kind = 'next_order' or direction = 1)
qualify row_number() over (partition by kind order by rank) <= 10
order by kind desc, rank

-- name: responses
select
    category_{lang} as category_name,
    promotion_response,
    promotion_response_low,
    promotion_response_high,
    promotion_products as products,
    distinct_prices,
    weeks,
    average_discount_rate,
    discounted_view_to_cart_rate,
    full_price_view_to_cart_rate
from marts.rpt_price_sensitivity
where group_kind = 'all' and promotion_response is not null
order by promotion_response_high, category
limit 10

-- name: recommendations
select
    label('pair_level', level) as pair_level_name,
    label('pair_kind', kind) as pair_kind_name,
    recommendations,
    hits,
    hit_rate,
    hit_rate_popular
from marts.rpt_cross_sell_backtest
where recommendations > 0
order by level desc, kind desc
