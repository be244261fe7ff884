with last_days as (

    select max(order_date) as last_day
    from {{ ref('base_shop__orders') }}
    where rejection_reason is null

    union all

    select {{ shop_date('max(refunded_at)') }} as last_day
    from {{ ref('base_shop__refunds') }}
    where rejection_reason is null

    union all

    select {{ shop_date('max(occurred_at)') }} as last_day
    from {{ ref('base_shop__events') }}
    where rejection_reason is null

),

as_of_day as (

    select max({{ as_of_date_or('last_day') }}) as as_of_date

    from last_days

),

final as (

    select
        as_of_date,
        {{ to_utc("cast(as_of_date as timestamp) + interval '1' day") }} as as_of_end_at

    from as_of_day

)

select * from final
