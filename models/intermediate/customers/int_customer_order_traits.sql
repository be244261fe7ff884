with purchases as (

    select * from {{ ref('int_purchases') }}

),

described as (

    select
        purchases.customer_id,
        purchases.paid_amount,
        purchases.channel,
        purchases.payment_method,
        dayparts.daypart,
        amount_bands.price_band,
        lpad(cast(purchases.order_hour as {{ dbt.type_string() }}), 2, '0') as order_hour,
        {{ weekday_name('purchases.order_date') }} as weekday

    from purchases
    left join {{ ref('dayparts') }} as dayparts
        on purchases.order_hour >= dayparts.from_hour and purchases.order_hour < dayparts.to_hour
    left join {{ ref('order_amount_bands') }} as amount_bands
        on
            purchases.paid_amount >= amount_bands.lower_bound
            and (purchases.paid_amount < amount_bands.upper_bound or amount_bands.upper_bound is null)

),

order_values as (

    {% for kind, value in {
        'channel': 'channel', 'payment_method': 'payment_method', 'daypart': 'daypart',
        'hour': 'order_hour', 'weekday': 'weekday', 'price_band': 'price_band',
    }.items() -%}
    select
        customer_id,
        '{{ kind }}' as kind,
        {{ value }} as value,
        count(*) as orders,
        sum(paid_amount) as paid_amount

    from described

    group by customer_id, {{ value }}

    union all

    {% endfor -%}

    select
        customer_id,
        kind,
        value,
        orders,
        paid_amount

    from {{ ref('int_customer_product_traits') }}

),

final as (

    select
        customer_id,
        kind,
        value,
        orders,
        cast(paid_amount as numeric(18, 2)) as paid_amount

    from order_values

    where value is not null

)

select * from final
