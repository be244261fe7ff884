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
        currency,
        order_date,
        row_number() over (
            partition by row_key
            order by loaded_at desc nulls last, {{ byte_order('content_hash') }} desc
        ) as version

    from orders

),

-- every version needs a rate to be judged by, but only the newest has a say in the default reporting currency
final as (

    select
        currency,
        order_date,
        count(case when version = 1 then 1 end) as newest_orders

    from versions

    where currency is not null

    group by currency, order_date

)

select * from final
