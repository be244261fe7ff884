with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('subscriptions') }}

),

typed as (

    select
        {{ read_person_id('customer_id') }} as customer_id,
        lower({{ read_text('channel') }}) as channel,
        {{ read_text('status') }} as status,
        {{ read_timestamp('changed_at') }} as changed_at,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('subscriptions') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__subscriptions') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            when erased_ids.customer_id is not null then 'erased'
            {{ value_faults('subscriptions') }}
            when not {{ is_possible_time('typed.changed_at') }} then 'impossible_time'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

{{ newest_versions('subscriptions') }}

select * from final
