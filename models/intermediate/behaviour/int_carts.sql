with as_of as (

    select * from {{ ref('int_as_of') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

starts as (

    select
        person_key,
        session_key,
        'cart' as kind,
        first_cart_add_at as started_at

    from sessions

    where first_cart_add_at is not null

    union all

    select
        person_key,
        session_key,
        'checkout' as kind,
        first_checkout_at as started_at

    from sessions

    where first_checkout_at is not null

),

moments as (

    select
        person_key,
        session_key,
        kind,
        started_at as happened_at,
        cast(null as timestamp) as paid_at

    from starts

    union all

    select
        person_key,
        cast(null as bigint) as session_key,
        'payment' as kind,
        paid_at as happened_at,
        paid_at

    from {{ ref('int_payment_moments') }}

),

followed as (

    select
        person_key,
        session_key,
        kind,
        happened_at as started_at,
        min(paid_at) over (
            partition by person_key order by happened_at desc range between unbounded preceding and current row
        ) as next_paid_at

    from moments

),

final as (

    select
        followed.session_key,
        followed.kind,
        followed.started_at,
        -- a cart that may still be paid for is not abandoned yet
        followed.started_at + interval '{{ var("cart_abandonment_hours") }} hours' <= as_of.as_of_end_at as is_mature,
        coalesce(
            followed.next_paid_at > followed.started_at + interval '{{ var("cart_abandonment_hours") }} hours', true
        ) as is_abandoned

    from followed
    cross join as_of

    where followed.kind <> 'payment'

)

select * from final
