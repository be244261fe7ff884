with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}

),

customers as (

    select * from {{ ref('int_cutoff_customers') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

-- refunds that only the status tells of have no date: a past cutoff cannot know them
dated_refunds as (

    select
        refunds.order_id,
        cutoffs.cutoff_date,
        sum(refunds.refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }} as refunds
    inner join cutoffs on refunds.refund_date <= cutoffs.cutoff_date

    where refunds.has_own_day

    group by refunds.order_id, cutoffs.cutoff_date

),

known as (

    select
        customers.cutoff_date,
        customers.is_judged,
        purchases.*,
        case
            when customers.is_as_of then purchases.refunded_amount else coalesce(dated_refunds.refunded_amount, 0)
        end as refunded_so_far

    from customers
    inner join purchases
        on customers.customer_id = purchases.customer_id and customers.cutoff_date >= purchases.known_date
    left join dated_refunds
        on purchases.order_id = dated_refunds.order_id and customers.cutoff_date = dated_refunds.cutoff_date

),

final as (

    select
        known.cutoff_date,
        known.is_judged,
        known.customer_id,
        known.order_id,
        known.ordered_at,
        known.order_date,
        {{ dbt.datediff('known.order_date', 'known.cutoff_date', 'day') }} as age_days,
        known.gross_amount > known.goods_amount as is_discounted,
        cast(known.refunded_so_far as numeric(18, 2)) as refunded_amount,
        cast(known.goods_amount - known.refunded_so_far as numeric(18, 2)) as net_amount

    from known

)

select * from final
