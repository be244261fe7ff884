{{ config(materialized='table') }}

with recursive links as (

    select
        identifier,
        customer_id,
        coalesce(linked_at, cast('0001-01-01' as timestamp)) as valid_from,
        lead(coalesce(linked_at, cast('0001-01-01' as timestamp)), 1, cast('9999-12-31' as timestamp)) over (
            partition by identifier order by linked_at nulls first, {{ binary_collation('identifier_type') }}
        ) as valid_to

    from {{ ref('base_shop__identity_links') }}

    -- a visitor is a device, not an account: int_visitor_identities resolves it by logins
    where rejection_reason is null and identifier_type <> 'visitor'

),

followed as (

    select
        identifier,
        customer_id,
        valid_from,
        valid_to,
        1 as hops

    from links

    where valid_from < valid_to

    union all

    select
        followed.identifier,
        links.customer_id,
        greatest(followed.valid_from, links.valid_from) as valid_from,
        least(followed.valid_to, links.valid_to) as valid_to,
        followed.hops + 1 as hops

    from followed
    inner join links
        on
            followed.customer_id = links.identifier
            and followed.valid_from < links.valid_to
            and followed.valid_to > links.valid_from

),

boundaries as (

    select
        identifier,
        valid_from as boundary_at

    from followed

    union

    select
        identifier,
        valid_to as boundary_at

    from followed

),

spans as (

    select
        identifier,
        boundary_at as valid_from,
        lead(boundary_at) over (partition by identifier order by boundary_at) as valid_to

    from boundaries

),

ends_of_chains as (

    select
        spans.identifier,
        followed.customer_id,
        spans.valid_from,
        spans.valid_to,
        row_number() over (
            partition by spans.identifier, spans.valid_from
            order by followed.hops desc, {{ binary_collation('followed.customer_id') }}
        ) as end_rank

    from spans
    inner join followed
        on
            spans.identifier = followed.identifier
            and spans.valid_from >= followed.valid_from
            and spans.valid_to <= followed.valid_to

),

final as (

    select
        identifier,
        customer_id,
        valid_from,
        valid_to

    from ends_of_chains

    where end_rank = 1

)

select * from final
