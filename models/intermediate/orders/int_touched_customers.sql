with final as (

    select distinct redone_key as customer_id
    from {{ redone('int_orders_settled', 'customer_id') }} as redone_orders

)

select * from final
