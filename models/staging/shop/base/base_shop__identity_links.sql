with recursive erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('identity_links') }}

),

typed as (

    select
        {{ row_key('identity_links') }} as row_key,
        lower({{ mask_personal(read_text('identifier_type')) }}) as identifier_type,
        {{ read_person_id('identifier', is_known=true) }} as identifier,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('linked_at') }} as linked_at,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('identity_links') }}

    from {{ ref('input_shop__identity_links') }}

),

-- visitors are devices, not accounts, so they cannot be part of a chain
links as (

    select distinct
        identifier as from_id,
        customer_id as to_id,
        case
            when not {{ is_possible_time('linked_at') }} then 0
            when {{ shop_date('linked_at') }} > {{ as_of_date_or(shop_date('linked_at')) }} then 1
            else 0
        end as is_later

    from typed

    where identifier is not null and customer_id is not null and identifier_type <> 'visitor'

),

identifiers as (

    select distinct from_id as identifier from links

),

-- only links to another identifier can be part of a cycle
chained as (

    select links.*
    from links
    inner join identifiers on links.to_id = identifiers.identifier

),

{{ reached_ids('chained', 'chained') }},

-- identifiers linked to themselves over other links; is_closed: links up to as_of_date already close the cycle
cyclic_identifiers as (

    select
        from_id as identifier,
        min(is_later) = 0 as is_closed

    from reached

    where from_id = to_id

    group by from_id

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null or erased_identifiers.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null or erased_identifiers.id_hash is not null then 'erased'
            {{ value_errors('identity_links') }}
            -- a link is in the cycle if both its ends are; before the cycle closes, only the later links are invalid
            when identifiers.is_closed and targets.is_closed then 'cyclic_link'
            when
                identifiers.identifier is not null
                and targets.identifier is not null
                and {{ is_possible_time('typed.linked_at') }}
                and {{ shop_date('typed.linked_at') }} > {{ as_of_date_or(shop_date('typed.linked_at')) }}
                then 'cyclic_link'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash
    left join erased_ids as erased_identifiers
        on md5(typed.identifier) = erased_identifiers.id_hash
    left join cyclic_identifiers as identifiers
        on typed.identifier = identifiers.identifier and typed.identifier_type <> 'visitor'
    left join cyclic_identifiers as targets on typed.customer_id = targets.identifier

),

{{ newest_versions('identity_links', erased='row') }}

select * from final
