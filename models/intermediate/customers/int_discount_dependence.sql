with customers as (

    select
        customer_id,
        priced_orders,
        cheaper_orders

    from {{ ref('int_order_features') }}

    where is_as_of and priced_orders > 0

),

-- exact sums, so that the order of the rows does not matter
repeaters as (

    select
        count(*) as customers,
        cast(sum(priced_orders) as {{ type_double() }}) as orders,
        cast(sum(priced_orders * priced_orders) as {{ type_double() }}) as squared_orders,
        cast(sum(cheaper_orders) as {{ type_double() }}) as cheaper_orders,
        cast(sum({{ divide_half_up('cheaper_orders * cheaper_orders', 'priced_orders', 6) }}) as {{ type_double() }}) as weighted_squares

    from customers

    where priced_orders >= 2

),

-- share and correlation within customers by moments, weighted by orders (Kleinman 1973)
moments as (

    select
        repeaters.cheaper_orders / repeaters.orders as shop_share,
        repeaters.weighted_squares - repeaters.cheaper_orders * repeaters.cheaper_orders / repeaters.orders as between_customers,
        repeaters.cheaper_orders / repeaters.orders * (1 - repeaters.cheaper_orders / repeaters.orders) as variance,
        repeaters.orders - repeaters.squared_orders / repeaters.orders as weight,
        repeaters.customers - 1 as degrees

    from repeaters
    inner join {{ ref('product_thresholds') }} as thresholds on repeaters.customers >= thresholds.minimum_customers

),

-- correlation = 1 / (alpha + beta + 1): 0 if customers do not differ, 1 if each buys only at a discount or never
shop_prior as (

    select
        shop_share,
        least(greatest(coalesce(
            (between_customers - variance * degrees) / nullif(variance * (weight - degrees), 0), 0
        ), 0), 1) as correlation

    from moments

),

final as (

    select
        customers.customer_id,
        customers.priced_orders,
        customers.cheaper_orders,
        shop_prior.shop_share,
        shop_prior.correlation,
        -- (discounted + alpha) / (orders + alpha + beta), multiplied by the correlation, which may be 0
        cast(
            (shop_prior.correlation * customers.cheaper_orders + shop_prior.shop_share * (1 - shop_prior.correlation))
            / (1 + shop_prior.correlation * (customers.priced_orders - 1)) as numeric(18, 6)
        ) as discount_dependence

    from customers
    cross join shop_prior

)

select * from final
