-- only links that point to another identifier can be part of a circle
with recursive links as (

    select distinct
        identifier,
        customer_id

    from {{ ref('base_shop__identity_links_typed') }}

    where
        identifier is not null
        and customer_id is not null
        and identifier_type <> 'visitor'
        -- a circle that closes after the as-of day is none yet
        and (linked_at is null or {{ shop_date('linked_at') }} <= {{ as_of_date_or(shop_date('linked_at')) }})

),

identifiers as (

    select distinct identifier from links

),

chained as (

    select
        links.identifier,
        links.customer_id

    from links
    inner join identifiers on links.customer_id = identifiers.identifier

),

reached as (

    select
        identifier,
        customer_id

    from chained

    union

    select
        reached.identifier,
        chained.customer_id

    from reached
    inner join chained on reached.customer_id = chained.identifier

),

final as (

    select distinct identifier
    from reached
    where identifier = customer_id

)

select * from final
