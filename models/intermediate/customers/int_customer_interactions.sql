with as_of as (

    select * from {{ ref('int_as_of') }}

),

identity_map as (

    select * from {{ ref('stg_shop__identity_map') }}

),

interactions as (

    select
        'review' as interaction,
        review_id as interaction_id,
        customer_id,
        created_at as occurred_at,
        created_date as occurred_date,
        rating,
        has_media,
        cast(null as {{ dbt.type_string() }}) as ticket_type,
        cast(null as {{ dbt.type_string() }}) as transaction_type,
        cast(null as bigint) as points

    from {{ ref('stg_shop__reviews') }}

    union all

    select
        'support_ticket' as interaction,
        ticket_id as interaction_id,
        customer_id,
        opened_at as occurred_at,
        opened_date as occurred_date,
        cast(null as integer) as rating,
        cast(null as boolean) as has_media,
        ticket_type,
        cast(null as {{ dbt.type_string() }}) as transaction_type,
        cast(null as bigint) as points

    from {{ ref('stg_shop__support_tickets') }}

    union all

    select
        'point_transaction' as interaction,
        transaction_id as interaction_id,
        customer_id,
        occurred_at,
        {{ shop_date('occurred_at') }} as occurred_date,
        cast(null as integer) as rating,
        cast(null as boolean) as has_media,
        cast(null as {{ dbt.type_string() }}) as ticket_type,
        lower(transaction_type) as transaction_type,
        -- some shops export redeemed points as a negative number
        abs(points) as points

    from {{ ref('base_shop__point_transactions') }}

    where rejection_reason is null

),

final as (

    select
        interactions.interaction,
        interactions.interaction_id,
        coalesce(identity_map.customer_id, interactions.customer_id) as customer_id,
        interactions.occurred_at,
        interactions.occurred_date,
        interactions.rating,
        interactions.has_media,
        interactions.ticket_type,
        interactions.transaction_type,
        interactions.points

    from interactions
    cross join as_of
    left join identity_map
        on {{ link_applies('interactions.customer_id', 'interactions.occurred_at') }}

    where {{ is_up_to_as_of('interactions.occurred_at') }}

)

select * from final
