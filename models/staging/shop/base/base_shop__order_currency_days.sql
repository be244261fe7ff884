with repeated_keys as (

    {{ repeated_keys('orders') }}

),

orders as (

    select
        typed.row_key,
        typed.currency,
        typed.order_date,
        typed.loaded_at,
        typed.raw_content,
        repeated_keys.row_key is not null as is_repeated

    from {{ ref('base_shop__orders_typed') }} as typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key

    where typed.row_fault is null

),

versions as (

    select
        currency,
        order_date,
        row_number() over (
            partition by row_key
            order by loaded_at desc nulls last, {{ content_hash('orders', '(raw_content).') }} desc
        ) as version

    from orders

    where is_repeated

),

-- an older version of an order has no say in the currency, so that it does not matter on which day it was replaced
newest as (

    select
        currency,
        order_date

    from orders

    where not is_repeated

    union all

    select
        currency,
        order_date

    from versions

    where version = 1

),

final as (

    select
        currency,
        order_date,
        count(*) as orders

    from newest

    where currency is not null

    group by currency, order_date

)

select * from final
