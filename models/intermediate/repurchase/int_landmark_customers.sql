with as_of as (

    select as_of_date from {{ ref('int_as_of') }}

),

first_days as (

    select
        customer_id,
        min(order_date) as first_order_date,
        min(case when day_number = 2 then order_date end) as second_order_date

    from {{ ref('int_snapshot_purchases') }}

    where is_as_of

    group by customer_id

),

landmarks as (

    select
        first_days.*,
        cast(first_order_date + interval '30' day as date) as landmark_date,
        cast(first_order_date + interval '{{ 30 + var("churn_horizon_days") }}' day as date) as watched_through

    from first_days

),

-- who comes back before the landmark would have had less time to do anything: neither side counts them
final as (

    select
        landmarks.customer_id,
        landmarks.first_order_date,
        landmarks.landmark_date,
        coalesce(landmarks.second_order_date <= landmarks.watched_through, false) as has_come_back

    from landmarks
    inner join as_of on landmarks.watched_through <= as_of.as_of_date

    where landmarks.second_order_date is null or landmarks.second_order_date > landmarks.landmark_date

)

select * from final
