with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('support_tickets') }}

),

typed as (

    select
        {{ row_key('support_tickets') }} as row_key,
        {{ read_person_id('ticket_id') }} as ticket_id,
        {{ read_timestamp('opened_at') }} as opened_at,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_id('order_id') }} as order_id,
        {{ read_word('ticket_type') }} as ticket_type,
        {{ read_word('topic') }} as topic,
        {{ read_word('channel') }} as channel,
        {{ read_timestamp('resolved_at') }} as resolved_at,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('support_tickets') }}

    from {{ ref('input_shop__support_tickets') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('support_tickets') }}
            when not {{ is_possible_time('typed.opened_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('support_tickets', erased='row') }}

select * from final
