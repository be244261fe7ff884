with customers as (

    select
        customer_id,
        monetary_amount

    from {{ ref('int_customer_rfm_segmented') }}

    where is_as_of_date and frequency > 0

),

ranked as (

    select
        customer_id,
        monetary_amount,
        row_number() over (order by monetary_amount desc, {{ byte_order('customer_id') }}) as customer_rank,
        count(*) over () as customers

    from customers

),

final as (

    select
        customer_id,
        monetary_amount,
        customer_rank,
        cast(ceil(100.0 * customer_rank / customers) as integer) as customer_percentile

    from ranked

)

select * from final
