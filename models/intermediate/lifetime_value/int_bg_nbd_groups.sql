with cutoffs as (

    select cutoff_date from {{ ref('int_cutoffs') }}
    where is_judged

),

final as (

    select
        cutoffs.cutoff_date as trained_through,
        customers.repeat_days,
        customers.active_days,
        customers.observed_days,
        count(*) as customers

    from {{ ref('int_order_features') }} as customers
    inner join cutoffs on customers.cutoff_date = cutoffs.cutoff_date

    group by cutoffs.cutoff_date, customers.repeat_days, customers.active_days, customers.observed_days

)

select * from final
