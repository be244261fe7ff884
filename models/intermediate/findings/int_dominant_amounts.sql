with rules as (

    select * from {{ ref('finding_rules') }}
    where comparison = 'share_of_quarter'

),

quarter_orders as (

    select
        order_id,
        customer_id,
        net_amount,
        cast(date_trunc('quarter', order_date) as date) as quarter,
        sum(net_amount) over (partition by date_trunc('quarter', order_date)) as quarter_amount,
        count(*) over (partition by date_trunc('quarter', order_date)) as quarter_orders

    from {{ ref('int_orders') }}

    where is_valid

),

dominant_orders as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        orders.*

    from quarter_orders as orders
    inner join rules
        on
            rules.dimension = 'order'
            and orders.quarter_orders >= rules.minimum_people
            and orders.net_amount > rules.threshold * orders.quarter_amount

),

-- a customer with a dominant order is not named again for it
dominant_customers as (

    select
        rules.rule,
        rules.topic,
        rules.dimension,
        orders.customer_id,
        orders.quarter,
        orders.quarter_amount,
        sum(orders.net_amount) as net_amount

    from quarter_orders as orders
    left join dominant_orders on orders.order_id = dominant_orders.order_id
    inner join rules
        on
            rules.dimension = 'customer'
            and orders.quarter_orders >= rules.minimum_people

    where orders.customer_id is not null and dominant_orders.order_id is null

    group by
        rules.rule, rules.topic, rules.dimension, rules.threshold, orders.customer_id, orders.quarter, orders.quarter_amount

    having sum(orders.net_amount) > rules.threshold * orders.quarter_amount

),

dominant as (

    select
        rule,
        topic,
        dimension,
        order_id as dimension_value,
        quarter,
        net_amount,
        quarter_amount

    from dominant_orders

    union all

    select
        rule,
        topic,
        dimension,
        customer_id as dimension_value,
        quarter,
        net_amount,
        quarter_amount

    from dominant_customers

),

final as (

    select
        dominant.rule,
        dominant.topic,
        dominant.dimension,
        dominant.dimension_value,
        dominant.quarter as first_day,
        cast(dominant.quarter + interval '3' month - interval '1' day as date) as last_day,
        cast(dominant.quarter + interval '3' month as date) > as_of.as_of_date as is_ongoing,
        dominant.net_amount,
        dominant.quarter_amount,
        cast(rules.threshold as numeric(18, 6)) as threshold

    from dominant
    inner join rules on dominant.rule = rules.rule and dominant.dimension = rules.dimension
    cross join {{ ref('int_as_of') }} as as_of

)

select * from final
