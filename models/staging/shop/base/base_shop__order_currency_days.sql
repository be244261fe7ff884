with final as (

    select
        currency,
        order_date,
        count(*) as orders

    from {{ ref('base_shop__orders_typed') }}

    where row_fault is null and currency is not null

    group by currency, order_date

)

select * from final
