with cutoffs as (

    select * from {{ ref('int_cutoffs') }}

),

-- only visits with a login of their own: that a visitor was a customer may otherwise have come out after the cutoff
sessions as (

    select
        cutoffs.cutoff_date,
        fct_sessions.customer_id,
        fct_sessions.cart_adds > 0 and not fct_sessions.has_placed_order as is_cart_left,
        {{ dbt.datediff(shop_date('fct_sessions.ended_at'), 'cutoffs.cutoff_date', 'day') }} as age_days

    from {{ ref('fct_sessions') }} as fct_sessions
    inner join cutoffs on {{ shop_date('fct_sessions.ended_at') }} <= cutoffs.cutoff_date

    where fct_sessions.identity_rule = 'customer_id'

),

counted as (

    select
        cutoff_date,
        customer_id,
        count(case when age_days < 30 then 1 end) as sessions_30d,
        count(case when age_days < 90 then 1 end) as sessions_90d,
        count(case when age_days >= 90 then 1 end) as sessions_90d_before,
        count(case when is_cart_left and age_days < 30 then 1 end) as carts_left_30d

    from sessions

    where age_days < 180

    group by cutoff_date, customer_id

),

final as (

    select counted.*
    from counted
    inner join {{ ref('int_cutoff_customers') }} as members
        on counted.cutoff_date = members.cutoff_date and counted.customer_id = members.customer_id

)

select * from final
