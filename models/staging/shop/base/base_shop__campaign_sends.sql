with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('campaign_sends') }}

),

typed as (

    select
        {{ row_key('campaign_sends') }} as row_key,
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('sent_at') }} as sent_at,
        {{ read_word('channel') }} as channel,
        {{ read_word('variant') }} as variant,
        {{ read_timestamp('opened_at') }} as opened_at,
        {{ read_timestamp('clicked_at') }} as clicked_at,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('campaign_sends') }}

    from {{ ref('input_shop__campaign_sends') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('campaign_sends') }}
            when not {{ is_possible_time('typed.sent_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('campaign_sends', erased='row') }}

select * from final
