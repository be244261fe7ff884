with purchases as (

    select
        customer_id,
        order_date,
        coalesce(channel, 'unknown') as channel,
        row_number() over (partition by customer_id, order_date order by order_number) as day_order

    from {{ ref('int_purchases') }}

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

category_gaps as (

    select
        category_days.category,
        category_days.next_order_date,
        {{
            dbt.datediff('category_days.order_date', 'coalesce(category_days.next_order_date, as_of.as_of_date)', 'day')
        }} as gap_days

    from {{ ref('int_snapshot_category_days') }} as category_days
    cross join {{ ref('int_as_of') }} as as_of

    where category_days.is_as_of

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
        'category' as dimension,
        category as dimension_value,
        count(*) as spells,
        count(next_order_date) as repurchases

    from category_gaps

    group by gap_days, category

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
