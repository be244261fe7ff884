with final as (

    select
        month,
        case when grouping(channel) = 0 then 'channel' else 'all' end as dimension,
        coalesce(channel, 'all') as dimension_value,
        sum(carts) as carts,
        sum(abandoned_carts) as abandoned_carts,
        sum(checkouts) as checkouts,
        sum(abandoned_checkouts) as abandoned_checkouts,
        sum(payments_attempted) as payments_attempted,
        sum(payments_succeeded) as payments_succeeded

    from {{ ref('rpt_carts') }}

    group by month, rollup(channel)

)

select * from final
