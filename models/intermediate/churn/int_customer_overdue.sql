with own_gaps as (

    select
        cutoff_date,
        customer_id,
        max(order_date) as last_order_date,
        count(gap_days) as gaps,
        {{ median('gap_days') }} as median_gap_days

    from {{ ref('int_cutoff_order_days') }}

    group by cutoff_date, customer_id

),

preferred_categories as (

    select * from {{ ref('int_cutoff_categories') }}

),

usual_gaps as (

    select * from {{ ref('int_cutoff_category_gaps') }}

),

category_gaps as (

    select
        own_gaps.*,
        coalesce(of_category.expected_gap_days, of_shop.expected_gap_days) as category_gap_days

    from own_gaps
    left join preferred_categories
        on
            own_gaps.cutoff_date = preferred_categories.cutoff_date
            and own_gaps.customer_id = preferred_categories.customer_id
    left join usual_gaps as of_category
        on
            own_gaps.cutoff_date = of_category.cutoff_date
            and preferred_categories.category = of_category.category
    left join usual_gaps as of_shop on own_gaps.cutoff_date = of_shop.cutoff_date and of_shop.category is null

),

expected as (

    select
        category_gaps.*,
        {{ dbt.datediff('last_order_date', 'cutoff_date', 'day') }} as recency_days,
        -- a rhythm of one's own takes three order days to show
        case
            when gaps >= 2 then {{ shrunk_gap('median_gap_days', 'gaps', 'category_gap_days') }}
            else category_gap_days
        end as expected_gap_days

    from category_gaps

),

final as (

    select
        cutoff_date,
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
