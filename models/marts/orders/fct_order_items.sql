with items as (

    select * from {{ ref('int_order_items_valued') }}

),

final as (

    select
        order_id,
        cast(line_number as bigint) as line_number,
        product_id,
        order_date,
        is_valid,
        category,
        brand,
        quantity,
        cast(returned_quantity as bigint) as returned_quantity,
        list_amount,
        paid_amount,
        cast(1 - {{ safe_divide('paid_amount', 'list_amount') }} as numeric(18, 6)) as discount_rate,
        case when is_valid then cast(kept_amount - kept_cost_amount as numeric(18, 2)) end as margin_amount,
        paid_amount < list_amount as is_discounted

    from items

)

select * from final
