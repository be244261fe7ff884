with typed as (

    select * from {{ ref('base_shop__identity_links_typed') }}

),

cyclic_identifiers as (

    select * from {{ ref('base_shop__cyclic_identifiers') }}

),

erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('identity_links') }}

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            when erased_ids.customer_id is not null or erased_identifiers.customer_id is not null then 'erased'
            {{ value_faults('identity_links') }}
            -- a link is part of the circle when both its ends are; until it closes only the later links are wrong
            when identifiers.is_closed and targets.is_closed then 'cyclic_link'
            when
                identifiers.identifier is not null
                and targets.identifier is not null
                and {{ shop_date('typed.linked_at') }} > {{ as_of_date_or(shop_date('typed.linked_at')) }}
                then 'cyclic_link'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id
    left join erased_ids as erased_identifiers
        on typed.identifier = erased_identifiers.customer_id and typed.identifier_type <> 'visitor'
    left join cyclic_identifiers as identifiers
        on typed.identifier = identifiers.identifier and typed.identifier_type <> 'visitor'
    left join cyclic_identifiers as targets on typed.customer_id = targets.identifier

),

{{ newest_versions('identity_links') }}

select * from final
