with purchases as (

    select * from {{ ref('int_snapshot_purchases') }}

),

category_days as (

    select * from {{ ref('int_snapshot_category_days') }}

),

own_gaps as (

    select
        snapshot_date,
        customer_id,
        max(order_date) as last_order_date,
        count(gap_days) as gaps,
        {{ median('gap_days') }} as median_gap_days

    from purchases

    group by snapshot_date, customer_id

),

shop_gaps as (

    select
        snapshot_date,
        {{ median('gap_days') }} as median_gap_days

    from purchases

    where gap_days is not null

    group by snapshot_date

),

category_gaps as (

    select
        snapshot_date,
        category,
        count(*) as gaps,
        {{ median(dbt.datediff('order_date', 'next_order_date', 'day')) }} as median_gap_days

    from category_days

    where next_order_date is not null

    group by snapshot_date, category

),

customer_categories as (

    select
        snapshot_date,
        customer_id,
        category,
        row_number() over (
            partition by snapshot_date, customer_id order by sum(paid_amount) desc, {{ binary_collation('category') }}
        ) as category_rank

    from category_days

    group by snapshot_date, customer_id, category

),

-- if the customer's preferred category has no gap, the shop's gap is used
usual_gaps as (

    select
        own_gaps.*,
        customer_categories.category,
        coalesce(
            {{ shrunk_gap('category_gaps.median_gap_days', 'category_gaps.gaps', 'shop_gaps.median_gap_days') }},
            shop_gaps.median_gap_days
        ) as category_gap_days

    from own_gaps
    left join shop_gaps on own_gaps.snapshot_date = shop_gaps.snapshot_date
    left join customer_categories
        on
            own_gaps.snapshot_date = customer_categories.snapshot_date
            and own_gaps.customer_id = customer_categories.customer_id
            and customer_categories.category_rank = 1
    left join category_gaps
        on
            own_gaps.snapshot_date = category_gaps.snapshot_date
            and customer_categories.category = category_gaps.category

),

expected as (

    select
        usual_gaps.*,
        {{ dbt.datediff('last_order_date', 'snapshot_date', 'day') }} as recency_days,
        -- a customer's own gap is used from three order days on
        case
            when gaps >= 2 then {{ shrunk_gap('median_gap_days', 'gaps', 'category_gap_days') }}
            else category_gap_days
        end as expected_gap_days

    from usual_gaps

),

final as (

    select
        snapshot_date,
        customer_id,
        last_order_date,
        gaps,
        median_gap_days,
        category,
        category_gap_days,
        recency_days,
        expected_gap_days,
        cast({{ divide_half_up('recency_days', 'expected_gap_days', 4) }} as numeric(18, 4)) as overdue_ratio,
        cast({{ dbt.dateadd('day', 'cast(round(expected_gap_days) as integer)', 'last_order_date') }} as date) as next_order_due_on

    from expected

)

select * from final
