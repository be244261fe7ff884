with orders as (

    select order_id from {{ ref('stg_shop__orders') }}

),

repeated_keys as (

    {{ repeated_keys('order_items', where=read_integer('line_number') ~ ' is not null') }}

),

typed as (

    select
        {{ read_id('order_id') }} as order_id,
        {{ read_integer('line_number') }} as line_number,
        {{ read_id('product_id') }} as product_id,
        {{ read_integer('quantity') }} as quantity,
        {{ read_amount('unit_list_price') }} as unit_list_price,
        {{ read_decimal('unit_price') }} as unit_price,
        {{ read_amount('unit_cost') }} as unit_cost,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('order_items') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__order_items') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            {{ value_faults('order_items') }}
            when typed.unit_price < 0 then 'negative_amount'
            when typed.quantity <= 0 or typed.quantity >= {{ var('max_line_quantity') }} then 'abnormal_quantity'
            when orders.order_id is null then 'unknown_order'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join orders on typed.order_id = orders.order_id

),

{{ newest_versions('order_items') }}

select * from final
