with as_of as (

    select * from {{ ref('int_as_of') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

final as (

    select
        point_transactions.transaction_id,
        coalesce(aliases.customer_id, point_transactions.customer_id) as customer_id,
        point_transactions.transaction_type,
        -- some shops export what was redeemed as a negative number
        abs(point_transactions.points) as points,
        point_transactions.occurred_at,
        point_transactions.occurred_date

    from {{ ref('stg_shop__point_transactions') }} as point_transactions
    cross join as_of
    left join aliases
        on {{ link_applies('point_transactions.customer_id', 'point_transactions.occurred_at') }}

    where {{ is_up_to_as_of('point_transactions.occurred_at') }}

)

select * from final
