-- Products, categories and hours add up to the shop's net sales.
with totals as (

    {% for mart in ['fct_orders', 'rpt_products', 'rpt_categories_monthly', 'rpt_order_hours'] -%}
    select
        '{{ mart }}' as mart,
        coalesce(sum(net_amount), 0) as net_amount

    from {{ ref(mart) }}
    {% if not loop.last %}
    union all

    {% endif %}
    {%- endfor %}

)

select
    min(net_amount) as lowest_net_amount,
    max(net_amount) as highest_net_amount

from totals

having min(net_amount) <> max(net_amount)
