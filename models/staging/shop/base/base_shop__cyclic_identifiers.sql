-- only links that point to another identifier can be part of a circle
with recursive links as (

    select distinct
        identifier,
        customer_id,
        case
            when linked_at is null or {{ shop_date('linked_at') }} <= {{ as_of_date_or(shop_date('linked_at')) }} then 0
            else 1
        end as is_later

    from {{ ref('base_shop__identity_links_typed') }}

    where identifier is not null and customer_id is not null and identifier_type <> 'visitor'

),

identifiers as (

    select distinct identifier from links

),

chained as (

    select
        links.identifier,
        links.customer_id,
        links.is_later

    from links
    inner join identifiers on links.customer_id = identifiers.identifier

),

reached as (

    select
        identifier,
        customer_id,
        is_later

    from chained

    union

    select
        reached.identifier,
        chained.customer_id,
        greatest(reached.is_later, chained.is_later) as is_later

    from reached
    inner join chained on reached.customer_id = chained.identifier

),

final as (

    select
        identifier,
        min(is_later) = 0 as is_closed

    from reached

    where identifier = customer_id

    group by identifier

)

select * from final
