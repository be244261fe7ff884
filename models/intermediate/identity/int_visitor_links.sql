with as_of as (

    select * from {{ ref('int_as_of') }}

),

links as (

    select
        stg_links.identifier as visitor_id,
        stg_links.customer_id,
        stg_links.linked_at,
        -- a link without a date is taken as it stands at the end of the as-of day
        coalesce(stg_links.linked_at, as_of.as_of_end_at - interval '1 microsecond') as applies_at

    from {{ ref('stg_shop__identity_links') }} as stg_links
    cross join as_of

    where
        stg_links.identifier_type = 'visitor'
        and (stg_links.linked_at is null or stg_links.linked_at < as_of.as_of_end_at)

),

final as (

    select
        'visitor:' || links.visitor_id as actor_id,
        links.visitor_id,
        links.linked_at,
        coalesce(aliases.customer_id, links.customer_id) as customer_id

    from links
    left join {{ ref('stg_shop__customer_aliases') }} as aliases
        on {{ link_applies('links.customer_id', 'links.applies_at') }}

)

select * from final
