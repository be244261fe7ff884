with cutoffs as (

    select * from {{ ref('int_cutoffs') }}

),

customers as (

    select
        customer_id,
        min(known_date) as first_known_date

    from {{ ref('int_purchases') }}

    group by customer_id

),

-- a model of two dozen parameters learns nothing more from further customers
sampled as (

    select
        customers.*,
        row_number() over (order by md5(customer_id), {{ byte_order('customer_id') }}) <= 10000 as is_in_sample

    from customers

),

final as (

    select
        cutoffs.cutoff_date,
        cutoffs.is_as_of,
        cutoffs.is_judged,
        sampled.customer_id,
        sampled.is_in_sample

    from sampled
    inner join cutoffs
        on
            sampled.first_known_date <= cutoffs.cutoff_date
            and (sampled.is_in_sample or cutoffs.is_judged)

)

select * from final
