with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('campaign_sends') }}

),

typed as (

    select
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_person_id('customer_id') }} as customer_id,
        {{ read_timestamp('sent_at') }} as sent_at,
        {{ read_word('channel') }} as channel,
        {{ read_word('variant') }} as variant,
        {{ read_possible_time('opened_at') }} as opened_at,
        {{ read_possible_time('clicked_at') }} as clicked_at,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('campaign_sends') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__campaign_sends') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            when erased_ids.customer_id is not null then 'erased'
            {{ value_faults('campaign_sends') }}
            when not {{ is_possible_time('typed.sent_at') }} then 'impossible_time'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

{{ newest_versions('campaign_sends') }}

select * from final
