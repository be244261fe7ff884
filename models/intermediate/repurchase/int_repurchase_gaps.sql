with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

order_days as (

    select
        days.customer_id,
        days.order_date,
        days.day_number,
        coalesce(purchases.channel, 'unknown') as channel,
        lead(days.order_date) over (partition by days.customer_id order by days.order_date) as next_order_date

    from {{ ref('int_snapshot_purchases') }} as days
    inner join {{ ref('int_purchases') }} as purchases on days.order_id = purchases.order_id

    where days.is_as_of and days.is_first_of_day

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

    from {{ ref('int_snapshot_category_days') }}

    where is_as_of

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
