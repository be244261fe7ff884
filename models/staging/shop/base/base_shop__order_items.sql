with orders as (

    select order_id from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

repeated_keys as (

    {{ repeated_keys('order_items', where=read_integer('line_number', 18) ~ ' is not null') }}

),

-- orders whose lines without a number were loaded more than once
reloaded_orders as (

    select {{ read_id('order_id') }} as order_id

    from {{ ref('input_shop__order_items') }}

    where {{ read_integer('line_number', 18) }} is null

    group by {{ read_id('order_id') }}

    having count(distinct {{ read_text('loaded_at') }}) + max(case when loaded_at is null then 1 else 0 end) > 1

),

typed as (

    select
        {{ row_key('order_items') }} as row_key,
        {{ read_id('order_id') }} as order_id,
        {{ read_integer('line_number', 18) }} as line_number,
        {{ read_id('product_id') }} as product_id,
        {{ read_integer('quantity') }} as quantity,
        {{ read_decimal('unit_list_price') }} as unit_list_price,
        {{ read_decimal('unit_price') }} as unit_price,
        {{ read_decimal('unit_cost') }} as unit_cost,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('order_items') }}

    from {{ ref('input_shop__order_items') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null or (typed.line_number is null and reloaded_orders.order_id is not null) as is_repeated,
        case
            {{ value_errors('order_items') }}
            when typed.unit_price < 0 then 'negative_amount'
            when typed.quantity <= 0 or typed.quantity >= {{ var('max_line_quantity') }} then 'abnormal_quantity'
            when orders.order_id is null then 'unknown_order'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join orders on typed.order_id = orders.order_id
    left join reloaded_orders on typed.order_id = reloaded_orders.order_id

),

{{ newest_versions('order_items') }}

select * from final
