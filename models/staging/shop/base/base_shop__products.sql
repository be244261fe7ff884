with repeated_keys as (

    {{ repeated_keys('products') }}

),

typed as (

    select
        {{ row_key('products') }} as row_key,
        {{ read_id('product_id') }} as product_id,
        {{ mask_personal(read_text('product_name')) }} as product_name,
        {{ read_word('category') }} as category,
        {{ read_word('brand') }} as brand,
        {{ read_decimal('list_price') }} as list_price,
        {{ read_decimal('unit_cost') }} as unit_cost,
        {{ read_date('launched_on') }} as launched_on,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('products') }}

    from {{ ref('input_shop__products') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        case {{ value_errors('products') }} end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash

),

{{ newest_versions('products') }}

select * from final
