{%- set wish_date = shop_date('events.occurred_at') -%}
{%- set price_ratio = safe_divide('prices.paid_amount * wish_prices.quantity', 'wish_prices.paid_amount * prices.quantity') -%}

with product_orders as (

    select
        product_id,
        order_id,
        sum(net_amount) as net_amount,
        case when count(kept_cost_amount) = count(*) then sum(net_amount - kept_cost_amount) end as margin_amount

    from {{ ref('int_order_items_valued') }}

    where is_valid and product_id is not null

    group by product_id, order_id

),

-- mean profit of the orders whose cost is known, net sales if there are none; the sign apart, because rounding needs amounts from 0 on
product_values as (

    select
        product_id,
        cast(coalesce(
            {{ average_amount('abs(sum(margin_amount))', 'count(margin_amount)') }} * case when sum(margin_amount) < 0 then -1 else 1 end,
            {{ average_amount('sum(net_amount)', 'count(*)') }}
        ) as numeric(18, 2)) as order_value

    from product_orders

    group by product_id

),

rules as (

    select
        antecedent,
        consequent,
        max(confidence_low) as confidence_low

    from {{ ref('int_product_pairs') }}

    where period = 'current' and level = 'product' and is_suggested

    group by antecedent, consequent

),

bought as (

    select
        purchases.customer_id,
        items.product_id,
        max(purchases.order_date) as last_order_date,
        sum(case when items.returned_quantity < items.quantity then 1 else 0 end) as kept_lines,
        sum(case when items.returned_quantity < items.quantity then items.paid_amount else 0 end) as kept_amount

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id

    where purchases.customer_id is not null and items.product_id is not null

    group by purchases.customer_id, items.product_id

),

wishes as (

    select
        sessions.customer_id,
        events.product_id,
        max({{ wish_date }}) as wish_date

    from {{ ref('int_session_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on events.session_key = sessions.session_key
    cross join {{ ref('int_as_of') }} as as_of
    inner join {{ ref('customer_thresholds') }} as days on days.threshold = 'price_drop_days'

    where
        events.event_name = 'add_to_wishlist' and sessions.customer_id is not null
        and {{ dbt.datediff(wish_date, 'as_of.as_of_date', 'day') }} <= days.value

    group by sessions.customer_id, events.product_id

),

wished_products as (

    select
        product_id,
        min(wish_date) as first_wish_date

    from wishes

    group by product_id

),

-- from each day with a sale to the day before the next one
sale_days as (

    select
        items.product_id,
        wished_products.first_wish_date,
        items.order_date as from_date,
        lead(items.order_date) over (partition by items.product_id order by items.order_date) as next_date,
        cast(sum(items.paid_amount) as numeric(18, 2)) as paid_amount,
        cast(sum(items.quantity) as bigint) as quantity

    from {{ ref('int_order_items_valued') }} as items
    inner join wished_products on items.product_id = wished_products.product_id

    where items.is_valid

    group by items.product_id, wished_products.first_wish_date, items.order_date

),

prices as (

    select * from sale_days

    where next_date > first_wish_date or next_date is null

),

-- the ratio of the prices per unit is null if the product was free
cheaper_wishes as (

    select
        wishes.customer_id,
        wishes.product_id,
        {{ price_ratio }} as price_ratio

    from wishes
    inner join {{ ref('customer_thresholds') }} as drops on drops.threshold = 'price_drop_rate'
    inner join prices as wish_prices
        on
            wishes.product_id = wish_prices.product_id
            and wishes.wish_date >= wish_prices.from_date
            and wishes.wish_date < wish_prices.next_date
    inner join prices on wishes.product_id = prices.product_id and prices.next_date is null
    left join bought
        on wishes.customer_id = bought.customer_id and wishes.product_id = bought.product_id and wishes.wish_date <= bought.last_order_date

    where bought.product_id is null and {{ price_ratio }} <= 1 - drops.value

),

candidates as (

    select
        customer_id,
        'bought' as suggestion,
        product_id,
        cast(null as numeric(9, 4)) as response_rate,
        cast(null as numeric(18, 2)) as order_value,
        row_number() over (
            partition by customer_id order by kept_lines desc, kept_amount desc, {{ binary_collation('product_id') }}
        ) as product_rank

    from bought

    where kept_lines > 0

    union all

    select
        antecedents.customer_id,
        'cross_sell' as suggestion,
        rules.consequent as product_id,
        cast(max(rules.confidence_low) as numeric(9, 4)) as response_rate,
        max(product_values.order_value) as order_value,
        row_number() over (
            partition by antecedents.customer_id
            order by max(rules.confidence_low) desc, {{ binary_collation('rules.consequent') }}
        ) as product_rank

    from bought as antecedents
    inner join rules on antecedents.product_id = rules.antecedent
    inner join product_values on rules.consequent = product_values.product_id
    left join bought as owned on antecedents.customer_id = owned.customer_id and rules.consequent = owned.product_id

    where owned.product_id is null

    group by antecedents.customer_id, rules.consequent

    union all

    select
        customer_id,
        'price_drop' as suggestion,
        product_id,
        null as response_rate,
        null as order_value,
        row_number() over (partition by customer_id order by price_ratio asc, {{ binary_collation('product_id') }}) as product_rank

    from cheaper_wishes

    union all

    -- if the latest product is not recorded, an older one is not suggested instead
    select
        sessions.customer_id,
        'cart' as suggestion,
        events.product_id,
        null as response_rate,
        null as order_value,
        row_number() over (
            partition by sessions.customer_id order by events.occurred_at desc, {{ binary_collation('events.product_id') }} nulls last
        ) as product_rank

    from {{ ref('int_session_events') }} as events
    inner join {{ ref('int_sessions') }} as sessions on events.session_key = sessions.session_key

    where events.event_name = 'add_to_cart' and sessions.customer_id is not null

),

final as (

    select
        candidates.customer_id,
        candidates.suggestion,
        candidates.product_id,
        products.product_name,
        candidates.response_rate,
        candidates.order_value

    from candidates
    left join {{ ref('stg_shop__products') }} as products on candidates.product_id = products.product_id

    where candidates.product_rank = 1 and candidates.product_id is not null

)

select * from final
