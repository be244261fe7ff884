with currency_orders as (

    select
        currency,
        sum(newest_orders) as orders

    from {{ ref('base_shop__order_currency_days') }}

    -- the default must not change when later orders are known
    where order_date <= {{ as_of_date_or('order_date') }}

    group by currency

),

ranked as (

    select
        currency,
        row_number() over (order by orders desc, {{ byte_order('currency') }}) as currency_rank

    from currency_orders

),

-- one row, even where no order names a currency
final as (

    select
        coalesce(
            upper(trim({{ text_or_null(var('reporting_currency')) }})),
            max(case when currency_rank = 1 then currency end)
        ) as currency

    from ranked

)

select * from final
