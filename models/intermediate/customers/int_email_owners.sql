with as_of as (

    select * from {{ ref('int_as_of') }}

),

customers as (

    select stg_customers.*
    from {{ ref('stg_shop__customers') }} as stg_customers
    cross join as_of
    where
        stg_customers.email_hash is not null
        and (stg_customers.registered_at is null or stg_customers.registered_at < as_of.as_of_end_at)

),

ranked as (

    select
        email_hash,
        customer_id,
        registered_date,
        -- an account without a date has been known all along
        row_number() over (
            partition by email_hash order by registered_at nulls first, {{ byte_order('customer_id') }}
        ) as owner_rank

    from customers

),

final as (

    select
        email_hash,
        customer_id,
        registered_date

    from ranked

    where owner_rank = 1

)

select * from final
