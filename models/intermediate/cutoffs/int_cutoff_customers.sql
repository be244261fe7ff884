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

shuffled as (

    select
        customers.*,
        row_number() over (order by md5(customer_id), {{ byte_order('customer_id') }}) as place

    from customers

),

-- a model of two dozen parameters learns nothing more from further customers; who comes later must not move the sample
sampled as (

    select
        cutoffs.*,
        shuffled.customer_id,
        row_number() over (partition by cutoffs.cutoff_date order by shuffled.place)
        <= {{ var('model_sample_customers') }} as is_in_sample

    from shuffled
    inner join cutoffs on shuffled.first_known_date <= cutoffs.cutoff_date

),

final as (

    select
        cutoff_date,
        is_as_of,
        is_judged,
        customer_id,
        is_in_sample

    from sampled

    where is_in_sample or is_judged

)

select * from final
