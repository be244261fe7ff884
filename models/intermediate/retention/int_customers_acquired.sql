with accounts as (

    select * from {{ ref('int_customers_resolved') }}

),

buyers as (

    select
        customer_id,
        min(order_date) as first_placed_date,
        min(case when is_valid then order_date end) as first_order_date

    from {{ ref('int_orders') }}

    where customer_id is not null

    group by customer_id

),

known as (

    select
        coalesce(accounts.customer_id, buyers.customer_id) as customer_id,
        least(accounts.registered_date, buyers.first_placed_date) as acquired_date,
        buyers.first_order_date,
        coalesce(lower(accounts.acquisition_medium) = 'referral', false) as is_referred

    from accounts
    full outer join buyers on accounts.customer_id = buyers.customer_id

),

final as (

    select
        customer_id,
        acquired_date,
        coalesce(first_order_date <= cast(acquired_date + interval '30' day as date), false) as is_activated,
        is_referred

    from known

    where acquired_date is not null

)

select * from final
