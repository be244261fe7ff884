with source as (

    select * from {{ ref('base_shop__order_items') }}

    where rejection_reason is null

),

last_given as (

    select
        order_id,
        max(line_number) as line_number

    from source

    group by order_id

),

unnumbered as (

    select
        source.*,
        -- lines that agree in all these values are the same line, so their order does not matter
        row_number() over (
            partition by order_id
            order by
                {{ byte_order('product_id') }}, quantity, unit_price, unit_list_price nulls last,
                unit_cost nulls last, loaded_at nulls last
        ) as position_among_unnumbered

    from source

    where line_number is null

),

numbered as (

    select
        order_id,
        line_number,
        product_id,
        quantity,
        unit_list_price,
        unit_price,
        unit_cost

    from source

    where line_number is not null

    union all

    select
        unnumbered.order_id,
        coalesce(last_given.line_number, 0) + unnumbered.position_among_unnumbered as line_number,
        unnumbered.product_id,
        unnumbered.quantity,
        unnumbered.unit_list_price,
        unnumbered.unit_price,
        unnumbered.unit_cost

    from unnumbered
    inner join last_given on unnumbered.order_id = last_given.order_id

)

select * from numbered
