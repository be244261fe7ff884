with purchases as (

    select
        purchases.customer_id,
        purchases.order_date,
        case when pool.dimension is null then coalesce(purchases.channel, 'unknown') else 'other' end as channel,
        row_number() over (partition by purchases.customer_id, purchases.order_date order by purchases.order_number) as day_order

    from {{ ref('int_purchases') }} as purchases
    left join {{ ref('int_pooled_values') }} as pool
        on pool.dimension = 'channel' and coalesce(purchases.channel, 'unknown') = pool.dimension_value

),

order_days as (

    select
        customer_id,
        order_date,
        channel,
        row_number() over (partition by customer_id order by order_date) as day_number,
        lead(order_date) over (partition by customer_id order by order_date) as next_order_date

    from purchases

    where day_order = 1

),

-- a customer without a reorder is right-censored on as_of_date
order_gaps as (

    select
        case when order_days.day_number <= 5 then cast(order_days.day_number as {{ dbt.type_string() }}) else 'later' end as order_number,
        order_days.channel,
        order_days.next_order_date,
        {{
            dbt.datediff('order_days.order_date', 'coalesce(order_days.next_order_date, as_of.as_of_date)', 'day')
        }} as gap_days

    from order_days
    cross join {{ ref('int_as_of') }} as as_of

),

category_days as (

    select * from {{ ref('int_snapshot_category_days') }}
    where is_as_of

),

-- all pooled categories are one: an order of any of them ends a gap
pooled_category_days as (

    select distinct
        category_days.customer_id,
        category_days.order_date

    from category_days
    inner join {{ ref('int_pooled_values') }} as pool
        on pool.dimension = 'category' and category_days.category = pool.dimension_value

),

gaps_by_category as (

    select
        'category' as dimension,
        category as dimension_value,
        order_date,
        next_order_date

    from category_days

    union all

    select
        'pooled_category' as dimension,
        'other' as dimension_value,
        order_date,
        lead(order_date) over (partition by customer_id order by order_date) as next_order_date

    from pooled_category_days

),

category_gaps as (

    select
        category_days.dimension,
        category_days.dimension_value,
        category_days.next_order_date,
        {{
            dbt.datediff('category_days.order_date', 'coalesce(category_days.next_order_date, as_of.as_of_date)', 'day')
        }} as gap_days

    from gaps_by_category as category_days
    cross join {{ ref('int_as_of') }} as as_of

),

order_groups as (

    select
        gap_days,
        {{ dimension_columns(['order_number', 'channel']) }},
        count(*) as spells,
        count(next_order_date) as repurchases

    from order_gaps

    group by {{ dimension_groups('gap_days', ['order_number', 'channel']) }} -- noqa: PRS

),

gaps as (

    select
        gap_days,
        dimension,
        dimension_value,
        spells,
        repurchases

    from order_groups

    where dimension <> 'order_number' or dimension_value <> 'later'

    union all

    select
        gap_days,
        dimension,
        dimension_value,
        count(*) as spells,
        count(next_order_date) as repurchases

    from category_gaps

    group by gap_days, dimension, dimension_value

),

-- number at risk on a day: gaps of at least that length, including those censored on the day
at_risk as (

    select
        dimension as group_by,
        dimension_value as group_value,
        gap_days,
        spells,
        repurchases,
        sum(spells) over (
            partition by dimension, dimension_value order by gap_days desc rows between unbounded preceding and current row
        ) as spells_at_risk

    from gaps

),

-- Kaplan & Meier (1958): the product as a sum of logarithms; 0 after a day on which all at risk reorder
survival_terms as (

    select
        at_risk.*,
        max(case when repurchases = spells_at_risk then 1 else 0 end) over so_far as has_ended,
        sum(
            ln(1 - cast(repurchases as {{ type_double() }}) / nullif(spells_at_risk, repurchases))
        ) over so_far as log_survival

    from at_risk

    window so_far as (
        partition by group_by, group_value order by gap_days rows between unbounded preceding and current row
    )

),

final as (

    select
        group_by,
        group_value,
        gap_days,
        spells,
        repurchases,
        spells_at_risk,
        case when has_ended = 1 then 0e0 else exp(coalesce(log_survival, 0)) end as survival

    from survival_terms

)

select * from final
