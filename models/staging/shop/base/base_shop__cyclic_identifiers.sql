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
        links.identifier as from_id,
        links.customer_id as to_id,
        links.is_later

    from links
    inner join identifiers on links.customer_id = identifiers.identifier

),

{{ reached_ids('chained', 'chained') }},

final as (

    select
        from_id as identifier,
        min(is_later) = 0 as is_closed

    from reached

    where from_id = to_id

    group by from_id

)

select * from final
