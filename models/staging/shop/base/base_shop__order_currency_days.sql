-- every version needs a rate to be judged by, but only the newest has a say in the default reporting currency
with final as (

    select
        currency,
        order_date,
        count(case when is_newest then 1 end) as newest_orders

    from {{ ref('base_shop__order_currencies') }}

    group by currency, order_date

)

select * from final
