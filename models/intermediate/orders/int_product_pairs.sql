{%- set periods = ['current', 'previous', 'backtest'] -%}

with baskets as (

    select
        kind,
        basket_key,
        is_counted,
        {% for period in periods -%}
        max(in_{{ period }}) as in_{{ period }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_basket_items') }}

    where level = 'product'

    group by kind, basket_key, is_counted

),

totals as (

    select
        kind,
        {% for period in periods -%}
        sum(case when is_counted then in_{{ period }} else 0 end) as {{ period }}_baskets,
        sum(case when not is_counted then in_{{ period }} else 0 end) as {{ period }}_left_out
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from baskets

    group by kind

),

item_counts as (

    select
        item_key,
        max(kind) as kind,
        max(level) as level,
        max(item) as item,
        {% for period in periods -%}
        sum(in_{{ period }} * is_antecedent) as {{ period }}_antecedents,
        sum(in_{{ period }} * is_consequent) as {{ period }}_consequents
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_basket_items') }}

    where is_counted

    group by item_key

),

-- rare products are in no pair that counts
frequent_items as (

    select
        item_counts.*,
        case item_counts.level when 'product' then {{ var('minimum_pair_orders') }} else thresholds.minimum_category_pairs end as minimum_orders

    from item_counts
    cross join {{ ref('report_thresholds') }} as thresholds

    where
        case item_counts.level when 'product' then {{ var('minimum_pair_orders') }} else thresholds.minimum_category_pairs end
        <= greatest(
            {% for period in periods -%}
            {{ period }}_antecedents, {{ period }}_consequents{{ ',' if not loop.last }}
            {% endfor %}
        )

),

frequent as (

    select basket_items.*
    from {{ ref('int_basket_items') }} as basket_items
    inner join frequent_items on basket_items.item_key = frequent_items.item_key
    where basket_items.is_counted

),

-- an antecedent that is bought again on the next order day does not lead to another product
pair_counts as (

    select
        antecedents.item_key as antecedent_key,
        consequents.item_key as consequent_key,
        {% for period in periods -%}
        sum(antecedents.in_{{ period }}) as {{ period }}_pairs
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from frequent as antecedents
    inner join frequent as consequents
        on antecedents.basket_key = consequents.basket_key and antecedents.item_key <> consequents.item_key

    where
        antecedents.is_antecedent = 1 and consequents.is_consequent = 1
        and (antecedents.is_consequent = 0 or antecedents.kind = 'same_order')

    group by antecedents.item_key, consequents.item_key

),

pairs as (

    {% for period in periods -%}
    select
        '{{ period }}' as period,
        antecedents.level,
        antecedents.kind,
        antecedents.item as antecedent,
        consequents.item as consequent,
        cast(pair_counts.{{ period }}_pairs as bigint) as orders_together,
        cast(antecedents.{{ period }}_antecedents as bigint) as antecedent_orders,
        cast(consequents.{{ period }}_consequents as bigint) as consequent_orders,
        cast(totals.{{ period }}_baskets as bigint) as baskets,
        cast(totals.{{ period }}_left_out as bigint) as baskets_left_out

    from pair_counts
    inner join frequent_items as antecedents
        on pair_counts.antecedent_key = antecedents.item_key and pair_counts.{{ period }}_pairs >= antecedents.minimum_orders
    inner join frequent_items as consequents on pair_counts.consequent_key = consequents.item_key
    inner join totals on antecedents.kind = totals.kind

    {{ 'union all' if not loop.last }}

    {% endfor -%}
),

measured as (

    select
        pairs.*,
        {{ safe_divide('orders_together', 'baskets') }} as support,
        {{ safe_divide('orders_together', 'antecedent_orders') }} as confidence,
        cast({{ wilson_bound('orders_together', 'antecedent_orders', '-') }} as numeric(18, 6)) as confidence_low,
        {{ safe_divide('orders_together * baskets', 'antecedent_orders * consequent_orders') }} as lift,
        {{ safe_divide('orders_together * (antecedent_orders + consequent_orders)', '2 * antecedent_orders * consequent_orders') }} as kulczynski,
        {{ safe_divide('abs(antecedent_orders - consequent_orders)', 'antecedent_orders + consequent_orders - orders_together') }} as imbalance

    from pairs

),

-- lower bound of the 95% interval of the logarithm of the lift (delta method)
bounded as (

    select
        measured.*,
        cast(lift * exp(-1.96e0 * sqrt(greatest(
            1e0 / orders_together - 1e0 / antecedent_orders - 1e0 / consequent_orders + (2e0 * lift - 1) / baskets, 0
        ))) as numeric(18, 6)) as lift_low

    from measured

),

-- a few consequents are enough for one suggestion, and keep the work of choosing it within limits
final as (

    select
        bounded.*,
        bounded.lift_low > 1 and thresholds.consequents_per_antecedent >= row_number() over (
            partition by bounded.period, bounded.level, bounded.kind, bounded.antecedent, bounded.lift_low > 1
            order by bounded.confidence_low desc, {{ binary_collation('bounded.consequent') }}
        ) as is_suggested

    from bounded
    cross join {{ ref('report_thresholds') }} as thresholds

)

select * from final
