with purchases as (

    select
        purchases.order_id,
        purchases.customer_id,
        purchases.paid_amount,
        purchases.channel,
        purchases.payment_method,
        dayparts.daypart,
        lpad(cast(purchases.order_hour as {{ dbt.type_string() }}), 2, '0') as hour,
        {{ weekday_name('purchases.order_date') }} as weekday,
        amount_bands.price_band

    from {{ ref('int_purchases') }} as purchases
    left join {{ ref('dayparts') }} as dayparts
        on purchases.order_hour >= dayparts.from_hour and purchases.order_hour < dayparts.to_hour
    left join {{ ref('order_amount_bands') }} as amount_bands
        on
            purchases.paid_amount >= amount_bands.lower_bound
            and (purchases.paid_amount < amount_bands.upper_bound or amount_bands.upper_bound is null)

),

{% for kind in ['category', 'brand', 'price_level'] -%}
order_{{ kind }} as (

    select
        purchases.customer_id,
        items.order_id,
        items.{{ kind }},
        sum(items.paid_amount) as paid_amount

    from {{ ref('int_order_items_valued') }} as items
    inner join purchases on items.order_id = purchases.order_id

    group by purchases.customer_id, items.order_id, items.{{ kind }}

),

{% endfor -%}
traits as (

    {% for kind in ['channel', 'payment_method', 'daypart', 'hour', 'weekday', 'price_band'] -%}
    select
        customer_id,
        '{{ kind }}' as kind,
        {{ kind }} as value,
        count(*) as orders,
        cast(sum(paid_amount) as numeric(18, 2)) as paid_amount

    from purchases

    where {{ kind }} is not null

    group by customer_id, {{ kind }}

    union all

    {% endfor -%}
    {% for kind in ['category', 'brand', 'price_level'] -%}
    select
        customer_id,
        '{{ kind }}' as kind,
        {{ kind }} as value,
        count(*) as orders,
        cast(sum(paid_amount) as numeric(18, 2)) as paid_amount

    from order_{{ kind }}

    group by customer_id, {{ kind }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

totals as (

    select
        customer_id,
        count(*) as customer_orders

    from purchases

    group by customer_id

),

summed as (

    select
        traits.*,
        totals.customer_orders,
        sum(traits.paid_amount) over (partition by traits.customer_id, traits.kind) as kind_paid_amount

    from traits
    inner join totals on traits.customer_id = totals.customer_id

),

shares as (

    select
        summed.*,
        -- an order has several categories, so their share is by amount; all other shares are by orders
        case
            when kind = 'category' then {{ safe_divide('paid_amount', 'kind_paid_amount') }}
            else {{ safe_divide('orders', 'customer_orders') }}
        end as share

    from summed

),

ranked as (

    select
        shares.*,
        row_number() over (
            partition by customer_id, kind
            order by share desc nulls last, paid_amount desc, {{ binary_collation('value') }}
        ) as rank

    from shares

),

final as (

    select
        ranked.customer_id,
        ranked.kind,
        cast(ranked.rank as integer) as rank,
        ranked.value,
        cast(ranked.orders as bigint) as orders,
        cast(ranked.customer_orders as bigint) as customer_orders,
        ranked.paid_amount,
        cast(ranked.kind_paid_amount as numeric(18, 2)) as kind_paid_amount,
        ranked.share

    from ranked
    inner join {{ ref('customer_thresholds') }} as thresholds on thresholds.threshold = 'preference_ranks'

    where ranked.rank <= thresholds.value

)

select * from final
