with customers as (

    select
        cutoff_date,
        customer_id

    from {{ ref('int_cutoff_customers') }}

),

-- only visits with a login of their own: that a visitor was a customer may otherwise have come out after the cutoff
visits as (

    select
        customer_id,
        {{ shop_date('ended_at') }} as ended_date,
        cart_adds > 0 and not has_placed_order as is_cart_left

    from {{ ref('fct_sessions') }}

    where identity_rule = 'customer_id'

),

known as (

    select
        customers.cutoff_date,
        customers.customer_id,
        visits.is_cart_left,
        {{ dbt.datediff('visits.ended_date', 'customers.cutoff_date', 'day') }} as age_days

    from customers
    inner join visits
        on customers.customer_id = visits.customer_id and customers.cutoff_date >= visits.ended_date

),

final as (

    select
        cutoff_date,
        customer_id,
        count(case when age_days < 30 then 1 end) as sessions_30d,
        count(case when age_days < 90 then 1 end) as sessions_90d,
        count(case when age_days >= 90 then 1 end) as sessions_90d_before,
        count(case when is_cart_left and age_days < 30 then 1 end) as carts_left_30d

    from known

    where age_days < 180

    group by cutoff_date, customer_id

)

select * from final
