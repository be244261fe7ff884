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

chains as (

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
        chains.identifier,
        links.customer_id,
        greatest(chains.valid_from, links.valid_from) as valid_from,
        least(chains.valid_to, links.valid_to) as valid_to,
        chains.hops + 1 as hops

    from chains
    inner join links
        on
            chains.customer_id = links.identifier
            and chains.valid_from < links.valid_to
            and chains.valid_to > links.valid_from

),

boundaries as (

    select
        identifier,
        valid_from as boundary_at

    from chains

    union

    select
        identifier,
        valid_to as boundary_at

    from chains

),

periods as (

    select
        identifier,
        boundary_at as valid_from,
        lead(boundary_at) over (partition by identifier order by boundary_at) as valid_to

    from boundaries

),

chain_ends as (

    select
        periods.identifier,
        chains.customer_id,
        periods.valid_from,
        periods.valid_to,
        row_number() over (
            partition by periods.identifier, periods.valid_from
            order by chains.hops desc, {{ binary_collation('chains.customer_id') }}
        ) as end_rank

    from periods
    inner join chains
        on
            periods.identifier = chains.identifier
            and periods.valid_from >= chains.valid_from
            and periods.valid_to <= chains.valid_to

),

final as (

    select
        identifier,
        customer_id,
        valid_from,
        valid_to

    from chain_ends

    where end_rank = 1

)

select * from final
