with source as (

    select * from {{ ref('base_shop__order_items') }}

    where rejection_reason is null

),

orders as (

    select
        order_id,
        exchange_rate

    from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

products as (

    select * from {{ ref('stg_shop__products') }}

),

last_given as (

    select
        order_id,
        max(line_number) as line_number

    from source

    group by order_id

),

numbered as (

    select
        source.*,
        line_number as order_line_number

    from source

    where line_number is not null

    union all

    select
        source.*,
        coalesce(last_given.line_number, 0) + row_number() over (
            partition by source.order_id
            -- lines with equal values are interchangeable, so their order does not matter
            order by
                {{ binary_collation('source.product_id') }}, source.quantity, source.unit_price,
                source.unit_list_price nulls last, source.unit_cost nulls last, source.loaded_at nulls last
        ) as order_line_number

    from source
    inner join last_given on source.order_id = last_given.order_id

    where source.line_number is null

),

described as (

    select
        numbered.order_id,
        numbered.order_line_number as line_number,
        numbered.product_id,
        coalesce(products.category, 'unknown') as category,
        coalesce(products.brand, 'unknown') as brand,
        coalesce(products.price_level, 'unknown') as price_level,
        numbered.quantity,
        cast(numbered.unit_price as numeric(38, 4)) as unit_price,
        cast(numbered.unit_list_price as numeric(38, 4)) as unit_list_price,
        cast(numbered.unit_cost as numeric(38, 4)) as unit_cost,
        orders.exchange_rate,
        cast(products.list_price as numeric(38, 4)) as product_list_price,
        cast(products.unit_cost as numeric(38, 4)) as product_unit_cost

    from numbered
    inner join orders on numbered.order_id = orders.order_id
    left join products on numbered.product_id = products.product_id

),

final as (

    select
        described.*,
        coalesce(
            {{ to_reporting('quantity * unit_list_price') }}, {{ to_cents('quantity * product_list_price') }}
        ) as list_amount,
        {{ to_reporting('quantity * unit_price') }} as paid_amount

    from described

)

select * from final
