with cutoffs as (

    select
        cutoff_date,
        label_through

    from {{ ref('int_cutoffs') }}

    where label_through is not null

),

customers as (

    select
        members.cutoff_date,
        members.customer_id,
        members.is_in_sample,
        cutoffs.label_through

    from {{ ref('int_cutoff_customers') }} as members
    inner join cutoffs on members.cutoff_date = cutoffs.cutoff_date

),

-- what comes to be known of the horizon after its end would make the fit of a day in the past another than that day's own
later_purchases as (

    select
        cutoffs.cutoff_date,
        purchases.customer_id,
        count(distinct purchases.order_date) as order_days,
        sum(purchases.net_amount) as net_amount

    from {{ ref('int_purchases') }} as purchases
    inner join cutoffs
        on
            purchases.order_date > cutoffs.cutoff_date
            and purchases.order_date <= cutoffs.label_through
            and purchases.known_date <= cutoffs.label_through

    group by cutoffs.cutoff_date, purchases.customer_id

),

final as (

    select
        customers.cutoff_date,
        customers.label_through,
        customers.customer_id,
        customers.is_in_sample,
        cast(coalesce(later_purchases.order_days, 0) as integer) as order_days,
        cast(coalesce(later_purchases.net_amount, 0) as numeric(18, 2)) as net_amount,
        later_purchases.customer_id is null as has_left

    from customers
    left join later_purchases
        on customers.cutoff_date = later_purchases.cutoff_date and customers.customer_id = later_purchases.customer_id

)

select * from final
