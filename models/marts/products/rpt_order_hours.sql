with orders as (

    select
        order_date,
        order_hour,
        net_amount

    from {{ ref('int_orders') }}

    where is_valid

),

span as (

    select
        min(orders.order_date) as first_date,
        max(as_of.as_of_date) as as_of_date

    from orders
    cross join {{ ref('int_as_of') }} as as_of

),

days as (

    select {{ time_series('cast(first_date as timestamp)', 'cast(as_of_date as timestamp)', 'day') }} as starts_at
    from span
    where first_date is not null

),

weekdays as (

    select
        cast(date_trunc('month', starts_at) as date) as month,
        cast({{ weekday_number('starts_at') }} as integer) as weekday_number,
        {{ weekday_name('starts_at') }} as weekday,
        count(*) as observed_hours

    from days

    group by cast(date_trunc('month', starts_at) as date), cast({{ weekday_number('starts_at') }} as integer), {{ weekday_name('starts_at') }}

),

hours as (

    select
        weekdays.*,
        {{ number_series(0, 23) }} as hour

    from weekdays

),

sales as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        {{ weekday_name('order_date') }} as weekday,
        order_hour,
        count(*) as orders,
        sum(net_amount) as net_amount

    from orders

    group by cast(date_trunc('month', order_date) as date), {{ weekday_name('order_date') }}, order_hour

),

measured as (

    select
        hours.*,
        coalesce(sales.orders, 0) as orders,
        coalesce(sales.net_amount, 0) as net_amount,
        sum(sales.orders) over (partition by hours.month) as month_orders,
        sum(hours.observed_hours) over (partition by hours.month) as month_hours

    from hours
    left join sales on hours.month = sales.month and hours.weekday = sales.weekday and hours.hour = sales.order_hour

),

final as (

    select
        measured.month,
        measured.weekday_number,
        measured.weekday,
        labels.label_en as weekday_en,
        labels.label_zh as weekday_zh,
        cast(measured.hour as integer) as hour,
        cast(measured.observed_hours as bigint) as observed_hours,
        cast(measured.orders as bigint) as orders,
        cast(measured.net_amount as numeric(18, 2)) as net_amount,
        {{ divide_half_up('measured.orders * measured.month_hours', 'measured.observed_hours * measured.month_orders', 4) }} as order_index

    from measured
    left join {{ ref('labels') }} as labels on labels.code_type = 'weekday' and measured.weekday = labels.code

)

select * from final
