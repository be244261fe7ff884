{%- set days_ago = dbt.datediff('purchases.order_date', 'as_of.as_of_date', 'day') -%}
{%- set known_days_ago = dbt.datediff('purchases.known_date', 'as_of.as_of_date', 'day') -%}

with kinds as (

    select 'same_order' as kind

    union all

    select 'next_order' as kind

    union all

    -- products of both kinds, as int_suggested_products chooses them for the contact list
    select 'published' as kind

),

rules as (

    select
        pairs.level,
        kinds.kind,
        pairs.antecedent,
        pairs.consequent,
        pairs.confidence_low

    from {{ ref('int_product_pairs') }} as pairs
    inner join kinds on pairs.kind = kinds.kind or (kinds.kind = 'published' and pairs.level = 'product')

    where pairs.period = 'backtest' and pairs.is_suggested

),

-- the contact list leaves out customers who have churned
customers as (

    select
        kinds.kind,
        purchases.customer_id

    from {{ ref('int_purchases') }} as purchases
    cross join kinds
    cross join {{ ref('int_as_of') }} as as_of
    cross join {{ ref('report_thresholds') }} as thresholds

    where {{ known_days_ago }} >= thresholds.next_order_days

    group by kinds.kind, purchases.customer_id

    having kinds.kind <> 'published' or min({{ days_ago }} - thresholds.next_order_days) <= {{ var('churn_inactive_days') }}

),

-- known to be theirs before the newest days, bought in the window before them, and in them
customer_items as (

    {% for level, column in {'product': 'product_id', 'category': 'category'}.items() -%}
    select
        '{{ level }}' as level,
        purchases.customer_id,
        items.{{ column }} as item,
        max(case when {{ known_days_ago }} >= thresholds.next_order_days then 1 else 0 end) as was_bought,
        count(distinct case
            when {{ days_ago }} between thresholds.next_order_days and thresholds.next_order_days + {{ var('pairs_window_days') - 1 }}
                then purchases.order_id
        end) as window_orders,
        max(case when {{ days_ago }} < thresholds.next_order_days then 1 else 0 end) as is_bought

    from {{ ref('int_purchases') }} as purchases
    inner join {{ ref('int_order_items_valued') }} as items on purchases.order_id = items.order_id
    cross join {{ ref('int_as_of') }} as as_of
    cross join {{ ref('report_thresholds') }} as thresholds

    where items.{{ column }} <> 'unknown'

    group by purchases.customer_id, items.{{ column }}

    {{ 'union all' if not loop.last }}

    {% endfor -%}
),

recommended as (

    select
        antecedents.level,
        rules.kind,
        antecedents.customer_id,
        rules.consequent as item,
        row_number() over (
            partition by antecedents.level, rules.kind, antecedents.customer_id
            order by max(rules.confidence_low) desc, {{ binary_collation('rules.consequent') }}
        ) as place

    from customer_items as antecedents
    inner join rules on antecedents.level = rules.level and antecedents.item = rules.antecedent
    inner join customers on antecedents.customer_id = customers.customer_id and rules.kind = customers.kind
    left join customer_items as owned
        on
            rules.level = owned.level
            and antecedents.customer_id = owned.customer_id
            and rules.consequent = owned.item
            and owned.was_bought = 1

    where antecedents.was_bought = 1 and owned.item is null

    group by antecedents.level, rules.kind, antecedents.customer_id, rules.consequent

),

popular as (

    select
        level,
        item,
        row_number() over (partition by level order by sum(window_orders) desc, {{ binary_collation('item') }}) as popularity

    from customer_items

    group by level, item

    having sum(window_orders) > 0

),

owned_popular as (

    select
        customer_items.level,
        customer_items.customer_id,
        popular.popularity,
        row_number() over (
            partition by customer_items.level, customer_items.customer_id order by popular.popularity
        ) as place

    from customer_items
    inner join popular on customer_items.level = popular.level and customer_items.item = popular.item

    where customer_items.was_bought = 1

),

-- who has bought the most popular ones up to a place gets the one after it
next_popular as (

    select
        level,
        customer_id,
        count(case when popularity = place then 1 end) + 1 as popularity

    from owned_popular

    group by level, customer_id

),

tested as (

    select
        recommended.level,
        recommended.kind,
        recommended.customer_id,
        coalesce(bought.is_bought, 0) as is_hit,
        coalesce(bought_popular.is_bought, 0) as is_popular_hit

    from recommended
    left join next_popular
        on recommended.level = next_popular.level and recommended.customer_id = next_popular.customer_id
    left join popular
        on recommended.level = popular.level and coalesce(next_popular.popularity, 1) = popular.popularity
    left join customer_items as bought
        on recommended.level = bought.level and recommended.customer_id = bought.customer_id and recommended.item = bought.item
    left join customer_items as bought_popular
        on
            recommended.level = bought_popular.level
            and recommended.customer_id = bought_popular.customer_id
            and popular.item = bought_popular.item

    where recommended.place = 1

),

buyers as (

    select
        customer_items.level,
        customers.kind,
        count(distinct customers.customer_id) as customers

    from customer_items
    inner join customers on customer_items.customer_id = customers.customer_id

    where customer_items.was_bought = 1 and (customers.kind <> 'published' or customer_items.level = 'product')

    group by customer_items.level, customers.kind

),

results as (

    select
        level,
        kind,
        count(*) as recommendations,
        sum(is_hit) as hits,
        sum(is_popular_hit) as hits_popular

    from tested

    group by level, kind

),

final as (

    select
        buyers.level,
        buyers.kind,
        cast(buyers.customers as bigint) as customers,
        cast(coalesce(results.recommendations, 0) as bigint) as recommendations,
        cast(coalesce(results.hits, 0) as bigint) as hits,
        {{ safe_divide('results.hits', 'results.recommendations') }} as hit_rate,
        cast(coalesce(results.hits_popular, 0) as bigint) as hits_popular,
        {{ safe_divide('results.hits_popular', 'results.recommendations') }} as hit_rate_popular

    from buyers
    left join results on buyers.level = results.level and buyers.kind = results.kind

)

select * from final
