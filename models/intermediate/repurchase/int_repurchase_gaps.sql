with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

purchases as (

    select
        customer_id,
        order_date,
        channel,
        row_number() over (partition by customer_id, order_date order by order_number) as day_order

    from {{ ref('int_purchases') }}

),

order_days as (

    select
        days.customer_id,
        days.order_date,
        days.day_number,
        coalesce(purchases.channel, 'unknown') as channel,
        lead(days.order_date) over (partition by days.customer_id order by days.order_date) as next_order_date

    from {{ ref('int_order_days') }} as days
    inner join purchases
        on days.customer_id = purchases.customer_id and days.order_date = purchases.order_date

    where purchases.day_order = 1

),

spells as (

    select
        'all' as group_by,
        'all' as group_value,
        order_date,
        next_order_date

    from order_days

    union all

    select
        'order_number' as group_by,
        cast(day_number as {{ dbt.type_string() }}) as group_value,
        order_date,
        next_order_date

    from order_days

    where day_number <= 5

    union all

    select
        'channel' as group_by,
        channel as group_value,
        order_date,
        next_order_date

    from order_days

    union all

    select
        'category' as group_by,
        category as group_value,
        order_date,
        next_order_date

    from {{ ref('int_category_order_days') }}

),

-- who has not come back yet is watched up to the as-of day
final as (

    select
        spells.group_by,
        spells.group_value,
        {{ dbt.datediff('spells.order_date', 'coalesce(spells.next_order_date, as_of.as_of_date)', 'day') }} as gap_days,
        count(*) as spells,
        count(spells.next_order_date) as repurchases

    from spells
    cross join as_of

    group by
        spells.group_by,
        spells.group_value,
        {{ dbt.datediff('spells.order_date', 'coalesce(spells.next_order_date, as_of.as_of_date)', 'day') }}

)

select * from final
