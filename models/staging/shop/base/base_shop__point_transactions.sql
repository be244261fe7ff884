with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('point_transactions') }}

),

typed as (

    select
        {{ row_key('point_transactions') }} as row_key,
        {{ read_person_id('transaction_id') }} as transaction_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('occurred_at') }} as occurred_at,
        {{ mask_personal(read_text('transaction_type')) }} as transaction_type,
        {{ read_integer('points') }} as points,
        {{ read_id('order_id') }} as order_id,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('point_transactions') }}

    from {{ ref('input_shop__point_transactions') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('point_transactions') }}
            when not {{ is_possible_time('typed.occurred_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('point_transactions', erased='row') }}

select * from final
