with typed as (

    select * from {{ ref('base_shop__orders_typed') }}

),

repeated_keys as (

    {{ repeated_keys('orders') }}

),

orders as (

    select
        typed.row_key,
        typed.currency,
        typed.order_date,
        typed.loaded_at,
        case when repeated_keys.row_key is not null then {{ content_hash('orders', '(raw_content).') }} end as content_hash

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key

    where typed.row_fault is null

),

versions as (

    select
        row_key,
        currency,
        order_date,
        row_number() over (
            partition by row_key
            order by loaded_at desc nulls last, {{ byte_order('content_hash') }} desc
        ) as version

    from orders

),

final as (

    select
        row_key,
        currency,
        order_date,
        version = 1 as is_newest

    from versions

    where currency is not null

)

select * from final
