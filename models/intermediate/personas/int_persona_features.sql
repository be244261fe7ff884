with features as (

    select features.*
    from {{ ref('int_churn_features') }} as features
    inner join {{ ref('int_as_of') }} as as_of on features.snapshot_date = as_of.as_of_date

),

final as (

    select
        features.snapshot_date as as_of_date,
        features.customer_id,
        members.is_in_sample,
        features.recency,
        features.orders_365d,
        {{ log_of_one_more('orders.mean_day_amount') }} as order_amount,
        features.tenure,
        features.discounted_share,
        features.returned_share,
        features.sessions_90d

    from features
    inner join {{ ref('int_order_features') }} as orders
        on features.snapshot_date = orders.snapshot_date and features.customer_id = orders.customer_id
    inner join {{ ref('int_order_features') }} as members
        on features.snapshot_date = members.snapshot_date and features.customer_id = members.customer_id

)

select * from final
