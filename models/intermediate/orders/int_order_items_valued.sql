{%- set in_order = 'order by line_number rows between unbounded preceding and current row' -%}

with lines as (

    select
        items.*,
        orders.order_date,
        orders.is_valid,
        orders.goods_amount,
        orders.net_amount as order_net_amount,
        -- lines that all cost 0 share by quantity
        case when orders.line_amount > 0 then items.paid_amount else items.quantity end as weight,
        case when orders.line_amount > 0 then orders.line_amount else orders.units end as order_weight,
        case
            when orders.is_fully_refunded then items.quantity else coalesce(returned_lines.returned_quantity, 0)
        end as returned_quantity

    from {{ ref('stg_shop__order_items') }} as items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id
    left join {{ ref('int_returned_lines') }} as returned_lines
        on items.order_id = returned_lines.order_id and items.line_number = returned_lines.line_number

),

-- orders whose lines add up to something else than the goods amount
weighted as (

    select
        order_id,
        line_number,
        sum(weight) over (partition by order_id {{ in_order }}) as weight_so_far

    from lines

    where order_weight <> goods_amount

),

-- rounded on the running sum, so that the lines add up to the order
priced as (

    select
        lines.*,
        case
            when weighted.order_id is null then lines.weight
            else
                {{ divide_half_up('goods_amount * weight_so_far', 'order_weight', 2) }}
                - {{ divide_half_up('goods_amount * (weight_so_far - weight)', 'order_weight', 2) }}
        end as line_goods_amount

    from lines
    left join weighted on lines.order_id = weighted.order_id and lines.line_number = weighted.line_number

),

-- a refund goes to the line it names, else to the lines of its product
refunds as (

    select
        counted.order_id,
        refunds.line_number,
        case when refunds.line_number is null then refunds.product_id end as product_id,
        sum(counted.refunded_amount) as refunded_amount

    from {{ ref('int_refunds_counted') }} as counted
    inner join {{ ref('stg_shop__refunds') }} as refunds on counted.refund_id = refunds.refund_id

    group by counted.order_id, refunds.line_number, case when refunds.line_number is null then refunds.product_id end

),

-- orders refunded in part
named as (

    select
        priced.*,
        priced.line_goods_amount - least(priced.line_goods_amount, coalesce(line_refunds.refunded_amount, 0)) as open_amount,
        coalesce(product_refunds.refunded_amount, 0) as product_refunded_amount

    from priced
    left join refunds as line_refunds
        on priced.order_id = line_refunds.order_id and priced.line_number = line_refunds.line_number
    left join refunds as product_refunds
        on priced.order_id = product_refunds.order_id and priced.product_id = product_refunds.product_id

    where priced.order_net_amount > 0 and priced.order_net_amount < priced.goods_amount

),

kept as (

    select
        named.*,
        -- refunds of a product go to its lines in order
        open_amount - least(open_amount, greatest(
            product_refunded_amount + open_amount - sum(open_amount) over (partition by order_id, product_id {{ in_order }}), 0
        )) as kept_amount

    from named

),

-- all other refunds reduce each line in proportion to what it still holds
running as (

    select
        order_id,
        line_number,
        kept_amount,
        sum(kept_amount) over (partition by order_id {{ in_order }}) as kept_so_far,
        sum(kept_amount) over (partition by order_id) as order_kept_amount

    from kept

),

final as (

    select
        priced.order_id,
        priced.line_number,
        priced.product_id,
        priced.order_date,
        priced.is_valid,
        priced.category,
        priced.brand,
        priced.price_level,
        priced.quantity,
        priced.returned_quantity,
        priced.list_amount,
        priced.paid_amount,
        cast(case
            when priced.order_net_amount = 0 then 0
            when running.order_id is null then priced.line_goods_amount
            else
                {{ divide_half_up('order_net_amount * kept_so_far', 'order_kept_amount', 2) }}
                - {{ divide_half_up('order_net_amount * (kept_so_far - kept_amount)', 'order_kept_amount', 2) }}
        end as numeric(18, 2)) as net_amount,
        coalesce(
            {{ to_reporting('(quantity - returned_quantity) * unit_cost') }},
            {{ to_cents('(quantity - returned_quantity) * product_unit_cost') }}
        ) as kept_cost_amount

    from priced
    left join running on priced.order_id = running.order_id and priced.line_number = running.line_number

)

select * from final
