with orders as (

    select
        customer_id,
        order_number,
        channel,
        -- gaps are measured between order days
        nullif(days_since_previous_order, 0) as days_since_previous_order

    from {{ ref('int_purchases') }}

    where order_number <= 3

),

customers as (

    select
        customer_id,
        {% for number in [1, 2, 3] -%}
        max(case when order_number = {{ number }} then channel end) as channel_{{ number }},
        {% endfor -%}
        count(*) as orders

    from orders

    group by customer_id

),

sequences as (

    select
        customers.channel_1,
        customers.channel_2,
        customers.channel_3,
        customers.orders,
        count(distinct customers.customer_id) as customers,
        {{ median('orders.days_since_previous_order') }} as median_days_between_orders

    from customers
    inner join orders on customers.customer_id = orders.customer_id

    group by customers.channel_1, customers.channel_2, customers.channel_3, customers.orders

),

final as (

    select
        sequences.channel_1 || coalesce('>' || sequences.channel_2, '') || coalesce('>' || sequences.channel_3, '') as channel_sequence,
        {% for language in ['en', 'zh'] -%}
        coalesce(labels_1.label_{{ language }}, sequences.channel_1)
        || coalesce(' → ' || coalesce(labels_2.label_{{ language }}, sequences.channel_2), '')
        || coalesce(' → ' || coalesce(labels_3.label_{{ language }}, sequences.channel_3), '') as channel_sequence_{{ language }},
        {% endfor -%}
        cast(sequences.orders as integer) as sequence_orders,
        cast(sequences.customers as bigint) as customers,
        cast(sum(sequences.customers) over () as bigint) as all_customers,
        {{ safe_divide('sequences.customers', 'sum(sequences.customers) over ()') }} as customer_share,
        sequences.median_days_between_orders

    from sequences
    {% for number in [1, 2, 3] -%}
    left join {{ ref('labels') }} as labels_{{ number }}
        on labels_{{ number }}.code_type = 'channel' and sequences.channel_{{ number }} = labels_{{ number }}.code
    {% endfor %}

)

select * from final
