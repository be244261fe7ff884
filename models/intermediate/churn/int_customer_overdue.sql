with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

own_gaps as (

    select
        customer_id,
        max(order_date) as last_order_date,
        count(gap_days) as gaps,
        {{ median('gap_days') }} as median_gap_days

    from {{ ref('int_order_days') }}

    group by customer_id

),

preferred_categories as (

    select
        customer_id,
        value as category

    from {{ ref('fct_customer_preferences') }}

    where kind = 'category' and rank = 1

),

cycles as (

    select * from {{ ref('int_category_cycles') }}

),

category_gaps as (

    select
        own_gaps.*,
        coalesce(category_cycles.expected_gap_days, shop_cycle.expected_gap_days) as category_gap_days

    from own_gaps
    left join preferred_categories on own_gaps.customer_id = preferred_categories.customer_id
    left join cycles as category_cycles on preferred_categories.category = category_cycles.category
    left join cycles as shop_cycle on shop_cycle.category = '(shop)'

),

expected as (

    select
        category_gaps.*,
        {{ dbt.datediff('category_gaps.last_order_date', 'as_of.as_of_date', 'day') }} as recency_days,
        -- a rhythm of one's own takes three order days to show
        case
            when category_gaps.gaps >= 2
                then {{ shrunk_gap('category_gaps.median_gap_days', 'category_gaps.gaps', 'category_gaps.category_gap_days') }}
            else category_gaps.category_gap_days
        end as expected_gap_days

    from category_gaps
    cross join as_of

),

final as (

    select
        customer_id,
        last_order_date,
        gaps,
        median_gap_days,
        category_gap_days,
        recency_days,
        expected_gap_days,
        cast({{ exact_ratio('recency_days', 'expected_gap_days', 4) }} as numeric(18, 4)) as overdue_ratio

    from expected

)

select * from final
