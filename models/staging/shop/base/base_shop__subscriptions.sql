with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('subscriptions') }}

),

typed as (

    select
        {{ row_key('subscriptions') }} as row_key,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        lower({{ mask_personal(read_text('channel')) }}) as channel,
        {{ mask_personal(read_text('status')) }} as status,
        {{ read_timestamp('changed_at') }} as changed_at,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('subscriptions') }}

    from {{ ref('input_shop__subscriptions') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('subscriptions') }}
            when not {{ is_possible_time('typed.changed_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('subscriptions', erased='row') }}

select * from final
