with last_days as (

    select max(order_date) as last_day from {{ ref('stg_shop__orders') }}

    union all

    select max(refund_date) as last_day from {{ ref('stg_shop__refunds') }}

    union all

    select max(occurred_date) as last_day from {{ ref('stg_shop__events') }}

),

as_of_day as (

    select max({{ as_of_date_or('last_day') }}) as as_of_date

    from last_days

),

final as (

    select
        as_of_date,
        -- the first moment that is no longer known
        {{ to_utc("cast(as_of_date as timestamp) + interval '1' day") }} as as_of_end_at

    from as_of_day

)

select * from final
