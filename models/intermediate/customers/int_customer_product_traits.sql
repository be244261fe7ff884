with items as (

    select
        purchases.customer_id,
        items.order_id,
        items.category,
        items.brand,
        items.paid_amount

    from {{ ref('int_order_items_valued') }} as items
    inner join {{ ref('int_purchases') }} as purchases on items.order_id = purchases.order_id

),

final as (

    {% for kind in ['category', 'brand'] -%}
    select
        customer_id,
        '{{ kind }}' as kind,
        {{ kind }} as value,
        count(distinct order_id) as orders,
        sum(paid_amount) as paid_amount

    from items

    group by customer_id, {{ kind }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

)

select * from final
