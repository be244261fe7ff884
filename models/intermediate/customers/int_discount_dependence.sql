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
        cast(sum({{ divide_half_up('cheaper_orders * cheaper_orders', 'priced_orders', 8) }}) as {{ type_double() }}) as weighted_squares

    from customers

    where priced_orders >= 2

),

-- share and correlation within customers by moments, weighted by orders (Kleinman 1973)
moments as (

    select
        cheaper_orders / orders as shop_share,
        (weighted_squares - cheaper_orders * cheaper_orders / orders) as between_customers,
        cheaper_orders / orders * (1 - cheaper_orders / orders) as variance,
        orders - squared_orders / orders as weight,
        repeaters.customers - 1 as degrees

    from repeaters
    inner join {{ ref('product_thresholds') }} as thresholds on repeaters.customers >= thresholds.minimum_customers

),

-- correlation = 1 / (alpha + beta + 1): 0 if customers do not differ, 1 if each buys only at a discount or never
prior as (

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
        prior.shop_share,
        prior.correlation,
        -- (discounted + alpha) / (orders + alpha + beta), multiplied by the correlation, which may be 0
        cast(
            (prior.correlation * customers.cheaper_orders + prior.shop_share * (1 - prior.correlation))
            / (1 + prior.correlation * (customers.priced_orders - 1)) as numeric(18, 6)
        ) as discount_dependence

    from customers
    cross join prior

)

select * from final
