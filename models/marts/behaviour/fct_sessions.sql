with final as (

    select
        session_id,
        person_id,
        customer_id,
        session_number,
        is_new_visitor,
        identity_rule,
        started_at,
        ended_at,
        session_date,
        session_hour,
        duration_seconds,
        events,
        channel,
        device,
        source,
        medium,
        campaign,
        landing_page,
        exit_page,
        is_bounce,
        page_views,
        category_views,
        searches,
        product_views,
        cart_adds,
        checkouts,
        payment_failures,
        placed_orders,
        orders,
        net_amount,
        has_placed_order,
        has_paid

    from {{ ref('int_sessions') }}

)

select * from final
