{%- set pooled_dimensions = {
    'channel': 'persons.channel',
    'acquisition_source': 'persons.acquisition_source',
    'first_category': "coalesce(ranked_category.category, 'unknown')",
    'city_tier': 'persons.city_tier',
} %}

with orders as (

    select * from {{ ref('int_orders') }}

    where customer_id is not null

),

accounts as (

    select * from {{ ref('int_customers_resolved') }}

),

buyers as (

    select
        customer_id,
        min(order_date) as first_placed_date,
        max(case when is_first_order then order_id end) as first_order_id,
        max(case when is_first_order then order_date end) as first_order_date,
        max(case when is_first_order then channel end) as channel,
        max(case when is_first_order then discount_amount end) as discount_amount

    from orders

    group by customer_id

),

{% for attribute in ['category', 'price_level'] -%}
{{ attribute }}_amounts as (

    select
        items.order_id,
        items.{{ attribute }},
        sum(items.paid_amount) as paid_amount

    from {{ ref('int_order_items_valued') }} as items
    inner join buyers on items.order_id = buyers.first_order_id

    group by items.order_id, items.{{ attribute }}

),

ranked_{{ attribute }} as (

    select
        {{ attribute }}_amounts.*,
        row_number() over (
            partition by order_id order by paid_amount desc, {{ binary_collation(attribute) }}
        ) as amount_rank

    from {{ attribute }}_amounts

),

{% endfor -%}
persons as (

    select
        coalesce(accounts.customer_id, buyers.customer_id) as customer_id,
        least(accounts.registered_date, buyers.first_placed_date) as acquired_date,
        coalesce(lower(accounts.acquisition_medium) = 'referral', false) as is_referred,
        coalesce(accounts.acquisition_source, 'unknown') as acquisition_source,
        coalesce(accounts.city_tier, 'unknown') as city_tier,
        buyers.first_order_id,
        buyers.first_order_date,
        coalesce(buyers.channel, 'unknown') as channel,
        buyers.discount_amount

    from accounts
    full outer join buyers on accounts.customer_id = buyers.customer_id

),

final as (

    select
        persons.customer_id,
        persons.acquired_date,
        coalesce(
            persons.first_order_date
            <= cast({{ dbt.dateadd('day', 'thresholds.activation_days', 'persons.acquired_date') }} as date),
            false
        ) as is_activated,
        persons.is_referred,
        persons.first_order_date,
        cast(date_trunc('month', persons.first_order_date) as date) as cohort_month,
        coalesce(
            date_trunc('month', persons.first_order_date) <= cast({{
                dbt.dateadd('day', 'thresholds.left_truncation_days', 'min(persons.first_order_date) over ()')
            }} as date),
            false
        ) and not {{ var('history_starts_at_opening') }} as is_left_truncated,
        {% for dimension, value in pooled_dimensions.items() -%}
        case when {{ dimension }}_pool.dimension is null then {{ value }} else 'other' end as {{ dimension }},
        {% endfor -%}
        case
            when persons.discount_amount > 0 then 'yes'
            when persons.discount_amount = 0 then 'no'
            else 'unknown'
        end as first_order_discounted,
        coalesce(ranked_price_level.price_level, 'unknown') as first_price_level

    from persons
    cross join {{ ref('report_thresholds') }} as thresholds
    {% for attribute in ['category', 'price_level'] -%}
    left join ranked_{{ attribute }}
        on persons.first_order_id = ranked_{{ attribute }}.order_id and ranked_{{ attribute }}.amount_rank = 1
    {% endfor -%}
    {% for dimension, value in pooled_dimensions.items() -%}
    left join {{ ref('int_pooled_values') }} as {{ dimension }}_pool
        on {{ dimension }}_pool.dimension = '{{ dimension }}' and {{ value }} = {{ dimension }}_pool.dimension_value
    {% endfor %}
    where persons.acquired_date is not null

)

select * from final
