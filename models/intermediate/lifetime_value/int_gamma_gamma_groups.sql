with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

),

final as (

    select
        cutoffs.cutoff_date as trained_through,
        customers.paid_repeat_days as repeat_days,
        customers.repeat_amount,
        count(*) as customers

    from {{ ref('int_order_features') }} as customers
    inner join cutoffs on customers.cutoff_date = cutoffs.cutoff_date

    where customers.paid_repeat_days > 0

    group by cutoffs.cutoff_date, customers.paid_repeat_days, customers.repeat_amount

)

select * from final
