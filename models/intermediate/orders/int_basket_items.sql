{%- set periods = {'current': '0', 'previous': var('pairs_window_days'), 'backtest': 'next_order_days'} -%}
{%- set flags = ['in_current', 'in_previous', 'in_backtest', 'is_antecedent', 'is_consequent'] -%}

-- read several times, so ties need a tie-break to get the same number each time
with orders as (

    select
        orders.order_id,
        orders.customer_id,
        thresholds.next_order_days,
        {{ dbt.datediff('orders.order_date', 'as_of.as_of_date', 'day') }} as days_ago,
        {{ dbt.datediff('orders.known_date', 'as_of.as_of_date', 'day') }} as known_days_ago,
        row_number() over (order by orders.ordered_at, {{ binary_collation('orders.order_id') }}) as order_key

    from {{ ref('int_orders') }} as orders
    cross join {{ ref('int_as_of') }} as as_of
    cross join {{ ref('report_thresholds') }} as thresholds

    where orders.is_valid

),

-- joins on whole numbers are faster
products as (

    select
        product_id,
        category,
        row_number() over (order by product_id) as product_key,
        dense_rank() over (order by category) as category_key

    from {{ ref('int_order_items_valued') }}

    where product_id is not null

    group by product_id, category

),

order_products as (

    select distinct
        orders.order_key,
        products.product_key,
        products.category_key

    from {{ ref('int_order_items_valued') }} as items
    inner join orders on items.order_id = orders.order_id
    inner join products on items.product_id = products.product_id

    where orders.days_ago < {{ var('pairs_window_days') }} + greatest({{ var('pairs_window_days') }}, orders.next_order_days)

),

order_days as (

    select
        customer_id,
        days_ago,
        next_order_days,
        max(known_days_ago) as known_days_ago,
        min(order_key) as first_order_key,
        lead(days_ago) over (partition by customer_id order by days_ago desc) as next_days_ago

    from orders

    where customer_id is not null

    group by customer_id, days_ago, next_order_days

),

-- same_order: an order is a basket; next_order: an order day and the next one, if it is at most next_order_days later
basket_orders as (

    select
        2 * order_key as basket_key,
        order_key,
        days_ago,
        days_ago as known_days_ago,
        next_order_days,
        1 as is_antecedent,
        1 as is_consequent

    from orders

    {% for is_antecedent, condition in [
        (1, 'order_days.days_ago = orders.days_ago'),
        (0, 'order_days.next_days_ago = orders.days_ago and order_days.days_ago - orders.days_ago <= orders.next_order_days'),
    ] -%}
    union all

    select
        2 * order_days.first_order_key + 1 as basket_key,
        orders.order_key,
        order_days.days_ago,
        least(
            order_days.days_ago - order_days.next_order_days, order_days.known_days_ago, orders.known_days_ago
        ) as known_days_ago,
        order_days.next_order_days,
        {{ is_antecedent }} as is_antecedent,
        {{ 1 - is_antecedent }} as is_consequent

    from order_days
    inner join orders on order_days.customer_id = orders.customer_id and {{ condition }}

    where order_days.days_ago >= order_days.next_order_days

    {% endfor %}
),

-- a period ends on its first day ago and knows nothing later
dated as (

    select
        basket_key,
        order_key,
        {% for period, start in periods.items() -%}
        case
            when known_days_ago >= {{ start }} and days_ago < {{ start }} + {{ var('pairs_window_days') }} then 1 else 0
        end as in_{{ period }},
        {% endfor -%}
        is_antecedent,
        is_consequent

    from basket_orders

),

basket_products as (

    select
        dated.basket_key,
        order_products.product_key,
        order_products.category_key,
        {% for flag in flags -%}
        max(dated.{{ flag }}) as {{ flag }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from dated
    inner join order_products on dated.order_key = order_products.order_key

    group by dated.basket_key, order_products.product_key, order_products.category_key

),

-- the next order day alone is no basket
baskets as (

    select
        basket_key,
        greatest(sum(is_antecedent), sum(is_consequent)) <= {{ var('largest_basket') }} as is_counted

    from basket_products

    group by basket_key

    having sum(is_antecedent) > 0

),

names as (

    select
        'product' as level,
        product_key as number,
        product_id as item

    from products

    union

    select
        'category' as level,
        category_key as number,
        category as item

    from products

    where category <> 'unknown'

),

-- the keys of both levels differ, so that products form no pairs with categories
final as (

    {% for level, column in [('product', 'product_key'), ('category', 'category_key')] -%}
    select
        case products.basket_key % 2 when 0 then 'same_order' else 'next_order' end as kind,
        '{{ level }}' as level,
        2 * products.basket_key + {{ loop.index0 }} as basket_key,
        4 * products.{{ column }} + 2 * (products.basket_key % 2) + {{ loop.index0 }} as item_key,
        names.item,
        baskets.is_counted,
        {% for flag in flags -%}
        {{ 'products.' ~ flag if level == 'product' else 'max(products.' ~ flag ~ ')' }} as {{ flag }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from basket_products as products
    inner join baskets on products.basket_key = baskets.basket_key
    inner join names on names.level = '{{ level }}' and products.{{ column }} = names.number

    {{ 'union all' if level == 'product' else 'group by products.basket_key, products.category_key, names.item, baskets.is_counted' }}

    {% endfor -%}
)

select * from final
