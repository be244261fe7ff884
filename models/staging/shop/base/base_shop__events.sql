with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('events') }}

),

typed as (

    select
        {{ row_key('events') }} as row_key,
        {{ read_timestamp('occurred_at') }} as occurred_at,
        {{ read_text('event_name') }} as event_name,
        {{ read_person_id('visitor_id', is_known=true) }} as visitor_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_id('session_id') }} as session_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_id('order_id') }} as order_id,
        {{ read_word('channel') }} as channel,
        {{ read_word('device') }} as device,
        {{ read_word('source') }} as source,
        {{ read_word('medium') }} as medium,
        {{ read_word('campaign') }} as campaign,
        {{ mask_personal(read_text('page')) }} as page,
        {{ read_text('user_agent') }} as user_agent,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('events') }}

    from {{ ref('input_shop__events') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.customer_id is not null as is_erased,
        case
            when erased_ids.customer_id is not null then 'erased'
            {{ value_errors('events') }}
            when not {{ is_possible_time('typed.occurred_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

{{ newest_versions('events', erased='row') }}

select * from final
