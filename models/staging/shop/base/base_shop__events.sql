with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('events') }}

),

-- no rows, and no work, if nobody is erased
visitor_links as (

    select
        {{ read_person_id('visitor_id', is_known=true) }} as visitor_id,
        md5({{ read_person_id('customer_id', is_known=true) }}) as customer_hash

    from {{ ref('input_shop__events') }}

    where visitor_id is not null and customer_id is not null and exists (select 1 from erased_ids)

    union all

    select
        {{ read_person_id('identifier', is_known=true) }} as visitor_id,
        md5({{ read_person_id('customer_id', is_known=true) }}) as customer_hash

    from {{ ref('input_shop__identity_links') }}

    where lower({{ read_text('identifier_type') }}) = 'visitor' and exists (select 1 from erased_ids)

),

-- visitors known to be an erased customer, and nobody else
erased_visitors as (

    select visitor_links.visitor_id

    from visitor_links
    left join erased_ids on visitor_links.customer_hash = erased_ids.id_hash

    where visitor_links.customer_hash is not null

    group by visitor_links.visitor_id

    having count(*) = count(erased_ids.id_hash)

),

typed as (

    select
        {{ row_key('events') }} as row_key,
        {{ read_timestamp('occurred_at') }} as occurred_at,
        {{ mask_personal(read_text('event_name')) }} as event_name,
        {{ read_person_id('visitor_id', is_known=true) }} as visitor_id,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_person_id('session_id') }} as session_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_id('order_id') }} as order_id,
        {{ read_word('channel') }} as channel,
        {{ read_word('device') }} as device,
        {{ read_word('source') }} as source,
        {{ read_word('medium') }} as medium,
        {{ read_word('campaign') }} as campaign,
        {{ mask_personal(read_text('page'), is_page=true) }} as page,
        {{ mask_personal(read_text('user_agent')) }} as user_agent,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('events') }}

    from {{ ref('input_shop__events') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        coalesce(erased_ids.id_hash, erased_devices.id_hash, erased_visitors.visitor_id) is not null as is_erased,
        case
            when coalesce(erased_ids.id_hash, erased_devices.id_hash, erased_visitors.visitor_id) is not null then 'erased'
            {{ value_errors('events') }}
            when not {{ is_possible_time('typed.occurred_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash
    left join erased_ids as erased_devices on md5(typed.visitor_id) = erased_devices.id_hash
    left join erased_visitors on typed.visitor_id = erased_visitors.visitor_id

),

{{ newest_versions('events', erased='row') }}

select * from final
