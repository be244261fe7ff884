with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('reviews') }}

),

typed as (

    select
        {{ row_key('reviews') }} as row_key,
        {{ read_person_id('review_id') }} as review_id,
        {{ read_timestamp('created_at') }} as created_at,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_id('order_id') }} as order_id,
        {{ read_decimal('rating') }} as rating,
        {{ mask_personal(read_text('review_text')) }} as review_text,
        {{ read_boolean('has_media') }} as has_media,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('reviews') }}

    from {{ ref('input_shop__reviews') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('reviews') }}
            when not {{ is_possible_time('typed.created_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('reviews', erased='row') }}

select * from final
