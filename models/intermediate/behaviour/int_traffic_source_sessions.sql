with sessions as (

    select
        fct_sessions.*,
        cast(date_trunc('month', session_date) as date) as month

    from {{ ref('fct_sessions') }} as fct_sessions

),

final as (

    select
        month,
        source,
        medium,
        count(*) as sessions,
        count(distinct person_id) as people,
        sum(case when is_new_visitor then 1 else 0 end) as new_people,
        sum(case when is_bounce then 1 else 0 end) as bounces,
        sum(case when cart_adds > 0 then 1 else 0 end) as cart_sessions,
        sum(case when has_placed_order then 1 else 0 end) as ordering_sessions,
        sum(case when has_paid then 1 else 0 end) as paying_sessions,
        sum(page_views) as page_views,
        sum(orders) as orders,
        sum(net_amount) as net_amount

    from sessions

    group by month, source, medium

)

select * from final
