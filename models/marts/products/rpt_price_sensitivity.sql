{%- set group_kinds = ['value_tier', 'gender', 'age_band', 'city_tier', 'member_tier'] -%}
{%- set price_levels = ['entry', 'middle', 'premium'] -%}
{%- set sums = [
    'orders', 'priced_orders', 'discounted_orders', 'list_amount', 'priced_amount', 'entry_lines', 'middle_lines', 'premium_lines',
] -%}
{%- set conversions = ['view_sessions', 'view_and_cart_sessions', 'cart_sessions', 'cart_and_order_sessions'] -%}
{%- set fitted = ['slope', 'low', 'high', 'products', 'weeks', 'distinct_prices'] -%}

with order_categories as (

    select
        coalesce(orders.customer_id, '') as customer_id,
        items.order_id,
        items.category,
        max(case when items.list_amount is not null then 1 else 0 end) as priced_orders,
        max(case when items.paid_amount < items.list_amount then 1 else 0 end) as discounted_orders,
        sum(items.list_amount) as list_amount,
        sum(case when items.list_amount is not null then least(items.paid_amount, items.list_amount) end) as priced_amount,
        {% for level in price_levels -%}
        sum(case when items.price_level = '{{ level }}' then 1 else 0 end) as {{ level }}_lines
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id

    where items.is_valid

    group by coalesce(orders.customer_id, ''), items.order_id, items.category

),

customer_categories as (

    select
        customer_id,
        category,
        count(*) as orders,
        {% for column in sums[1:] -%}
        sum({{ column }}) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from order_categories

    group by customer_id, category

),

customer_groups as (

    {% for kind in group_kinds -%}
    select
        customer_id,
        '{{ kind }}' as group_kind,
        {{ kind }} as group_value

    from {{ ref('dim_customers') }}

    where {{ kind }} <> 'unknown'

    union all

    {% endfor -%}
    -- with the orders of unknown guests
    select distinct
        customer_id,
        'all' as group_kind,
        'all' as group_value

    from customer_categories

),

measured as (

    select
        customer_categories.category,
        customer_groups.group_kind,
        customer_groups.group_value,
        count(nullif(customer_categories.customer_id, '')) as customers,
        {% for column in sums -%}
        sum(customer_categories.{{ column }}) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from customer_categories
    inner join customer_groups on customer_categories.customer_id = customer_groups.customer_id

    group by customer_categories.category, customer_groups.group_kind, customer_groups.group_value

),

category_conversions as (

    select
        products.category,
        {% for price in ['discounted', 'full_price'] -%}
        {% set outer_loop = loop -%}
        {% for measure in conversions -%}
        sum(conversions.{{ price }}_{{ measure }}) as {{ price }}_{{ measure }}
        {%- if not (loop.last and outer_loop.last) %},{% endif %}
        {% endfor -%}
        {% endfor %}

    from {{ ref('int_product_conversions') }} as conversions
    inner join {{ ref('dim_products') }} as products on conversions.product_id = products.product_id

    group by products.category

),

parameters as (

    select
        parameter,
        value,
        substr(parameter, {{ dbt.position("'.'", 'parameter') }} + 1) as category,
        trained_through = max(trained_through) over () as is_latest

    from {{ ref('fct_model_parameters') }}

    where model = 'promotion_response'

),

responses as (

    select
        category,
        {% for name in fitted -%}
        max(case when parameter = concat('{{ name }}.', category) then value end) as {{ name }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from parameters

    where is_latest

    group by category

),

final as (

    select
        measured.category,
        coalesce(categories.label_en, measured.category) as category_en,
        coalesce(categories.label_zh, measured.category) as category_zh,
        measured.group_kind,
        kinds.label_en as group_kind_en,
        kinds.label_zh as group_kind_zh,
        measured.group_value,
        coalesce(group_labels.label_en, measured.group_value) as group_value_en,
        coalesce(group_labels.label_zh, measured.group_value) as group_value_zh,
        cast(measured.customers as bigint) as customers,
        {% for column in sums -%}
        cast(measured.{{ column }} as {{ 'numeric(18, 2)' if column.endswith('amount') else 'bigint' }}) as {{ column }},
        {% endfor -%}
        {{ safe_divide('measured.discounted_orders', 'measured.priced_orders') }} as discounted_order_share,
        cast(1 - {{ safe_divide('measured.priced_amount', 'measured.list_amount') }} as numeric(18, 6)) as average_discount_rate,
        {% for level in price_levels -%}
        {{ safe_divide('measured.' ~ level ~ '_lines', 'measured.entry_lines + measured.middle_lines + measured.premium_lines') }} as {{ level }}_share,
        {% endfor -%}
        {% for price in ['discounted', 'full_price'] -%}
        {% for measure in conversions -%}
        cast(category_conversions.{{ price }}_{{ measure }} as bigint) as {{ price }}_{{ measure }},
        {% endfor -%}
        {% for rate, numerator, denominator in [
            ('view_to_cart_rate', 'view_and_cart_sessions', 'view_sessions'), ('cart_to_order_rate', 'cart_and_order_sessions', 'cart_sessions'),
        ] -%}
        {{ safe_divide('category_conversions.' ~ price ~ '_' ~ numerator, 'category_conversions.' ~ price ~ '_' ~ denominator) }} as {{ price }}_{{ rate }},
        {% endfor -%}
        {% endfor -%}
        cast(responses.slope as numeric(18, 6)) as promotion_response,
        cast(responses.low as numeric(18, 6)) as promotion_response_low,
        cast(responses.high as numeric(18, 6)) as promotion_response_high,
        cast(responses.products as bigint) as promotion_products,
        cast(responses.weeks as bigint) as weeks,
        cast(responses.distinct_prices as bigint) as distinct_prices

    from measured
    left join category_conversions on measured.group_kind = 'all' and measured.category = category_conversions.category
    left join responses on measured.group_kind = 'all' and measured.category = responses.category
    left join {{ ref('labels') }} as categories on categories.code_type = 'category' and measured.category = categories.code
    left join {{ ref('labels') }} as kinds on kinds.code_type = 'dimension' and measured.group_kind = kinds.code
    left join {{ ref('labels') }} as group_labels
        on measured.group_kind = group_labels.code_type and measured.group_value = group_labels.code

)

select * from final
