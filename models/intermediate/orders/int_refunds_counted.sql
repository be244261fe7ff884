{%- set in_order = 'partition by order_id order by refunded_at, ' ~ binary_collation('refund_id') -%}
{%- set taxed = 'goods_amount + tax_amount' -%}

with as_of as (

    select * from {{ ref('int_as_of') }}

),

orders as (

    select stg_orders.*
    from {{ ref('stg_shop__orders') }} as stg_orders
    cross join as_of
    where stg_orders.is_confirmed and {{ is_up_to_as_of('stg_orders.ordered_at') }}

),

refunds as (

    select
        stg_refunds.refund_id,
        stg_refunds.order_id,
        stg_refunds.refunded_at,
        stg_refunds.refund_date,
        stg_refunds.refund_amount,
        orders.goods_amount,
        orders.tax_amount,
        orders.paid_amount,
        case when coalesce(stg_refunds.tax_amount, stg_refunds.shipping_amount) is not null then greatest(
            stg_refunds.refund_amount - coalesce(stg_refunds.tax_amount, 0) - coalesce(stg_refunds.shipping_amount, 0), 0
        ) end as given_goods_amount,
        -- shipping with or without the tax on it
        coalesce(stg_refunds.product_id, cast(coalesce(stg_refunds.line_number, stg_refunds.quantity) as {{ dbt.type_string() }})) is null
        and coalesce(stg_refunds.refund_amount in (
            orders.shipping_amount,
            orders.shipping_amount + {{ divide_half_up('orders.tax_amount * orders.shipping_amount', 'orders.goods_amount + orders.shipping_amount', 2) }}
        ), false) as is_shipping,
        sum(stg_refunds.refund_amount) over (
            partition by stg_refunds.order_id
            order by stg_refunds.refunded_at, {{ binary_collation('stg_refunds.refund_id') }}
            rows between unbounded preceding and current row
        ) as refunded_so_far

    from {{ ref('stg_shop__refunds') }} as stg_refunds
    cross join as_of
    inner join orders on stg_refunds.order_id = orders.order_id

    where {{ is_up_to_as_of('stg_refunds.refunded_at') }}

),

-- a refund contains tax like the payment; shares are rounded on the running sum, so that they add up to the goods amount
shares as (

    select
        refunds.*,
        case
            when given_goods_amount is not null then given_goods_amount
            when is_shipping or goods_amount = 0 then 0
            else
                {{ divide_half_up('least(refunded_so_far, ' ~ taxed ~ ') * goods_amount', taxed, 2) }}
                - {{ divide_half_up('least(refunded_so_far - refund_amount, ' ~ taxed ~ ') * goods_amount', taxed, 2) }}
        end as goods_share

    from refunds

),

summed as (

    select
        shares.*,
        sum(goods_share) over ({{ in_order }} rows between unbounded preceding and current row) as shared_so_far

    from shares

),

-- tax and shipping are given back once: the goods still sold are worth at most the money that the shop keeps
running as (

    select
        summed.*,
        least(goods_amount, shared_so_far + greatest(0, coalesce(max(
            case when given_goods_amount is null then goods_amount - paid_amount + refunded_so_far - shared_so_far end
        ) over ({{ in_order }} rows between unbounded preceding and current row), 0))) as counted_so_far

    from summed

),

counted as (

    select
        running.*,
        cast(least(refund_amount, counted_so_far - coalesce(lag(counted_so_far) over ({{ in_order }}), 0)) as numeric(18, 2)) as refunded_amount

    from running

),

parts as (

    select
        counted.*,
        cast(case
            -- above the goods if tax or shipping is given, else above the payment
            when given_goods_amount is not null then given_goods_amount - refunded_amount
            else least(greatest(refunded_so_far - paid_amount, 0), refund_amount - refunded_amount)
        end as numeric(18, 2)) as uncounted_amount

    from counted

),

refunded_orders as (

    select distinct order_id
    from refunds

),

final as (

    select
        refund_id,
        order_id,
        refunded_at,
        refund_date,
        refunded_amount,
        cast(refund_amount - refunded_amount - uncounted_amount as numeric(18, 2)) as tax_shipping_amount,
        uncounted_amount,
        true as has_own_day

    from parts

    union all

    -- refunded by status only: the full goods amount, on the order date
    select
        'status:' || orders.order_id as refund_id,
        orders.order_id,
        orders.ordered_at as refunded_at,
        orders.order_date as refund_date,
        orders.goods_amount as refunded_amount,
        0 as tax_shipping_amount,
        0 as uncounted_amount,
        false as has_own_day

    from orders
    left join refunded_orders on orders.order_id = refunded_orders.order_id

    where orders.status = 'refunded' and refunded_orders.order_id is null

)

select * from final
