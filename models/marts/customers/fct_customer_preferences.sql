with traits as (

    select * from {{ ref('int_customer_order_traits') }}

),

totals as (

    select
        customer_id,
        count(*) as customer_orders

    from {{ ref('int_purchases') }}

    group by customer_id

),

summed as (

    select
        traits.*,
        totals.customer_orders,
        sum(traits.paid_amount) over (partition by traits.customer_id, traits.kind) as kind_paid_amount

    from traits
    inner join totals on traits.customer_id = totals.customer_id

),

shares as (

    select
        summed.*,
        -- a basket holds several categories, so their share is one of money; all else is a share of orders
        case
            when kind = 'category' then {{ share('paid_amount', 'kind_paid_amount') }}
            else {{ share('orders', 'customer_orders') }}
        end as share

    from summed

),

ranked as (

    select
        shares.*,
        row_number() over (
            partition by customer_id, kind
            order by share desc nulls last, paid_amount desc, {{ byte_order('value') }}
        ) as rank

    from shares

),

final as (

    select
        customer_id,
        kind,
        cast(rank as integer) as rank,
        value,
        cast(orders as bigint) as orders,
        cast(customer_orders as bigint) as customer_orders,
        paid_amount,
        cast(kind_paid_amount as numeric(18, 2)) as kind_paid_amount,
        share

    from ranked

    where rank <= 3

)

select * from final
