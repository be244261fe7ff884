with final as (

    select order_id from {{ ref('int_touched_orders') }}

    union

    -- an order of the same customer came before or between
    select redone_key as order_id
    from {{ redone('int_purchases', 'order_id') }} as redone_purchases

)

select * from final
