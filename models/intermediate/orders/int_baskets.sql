with items as (

    select * from {{ ref('int_order_items_valued') }}

),

final as (

    select
        order_id,
        count(*) as order_lines,
        sum(quantity) as units,
        count(distinct category) as category_count,
        -- one line without a list price or a cost leaves the whole order's open: a part would show too little
        cast(case when count(list_amount) = count(*) then sum(list_amount) end as numeric(18, 2)) as list_amount,
        cast(case when count(kept_cost_amount) = count(*) then sum(kept_cost_amount) end as numeric(18, 2)) as kept_cost_amount

    from items

    group by order_id

)

select * from final
