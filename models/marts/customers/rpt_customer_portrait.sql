with customers as (

    select
        dim_customers.*,
        rfm.frequency,
        rfm.monetary_amount

    from {{ ref('dim_customers') }} as dim_customers
    inner join {{ ref('fct_customer_rfm') }} as rfm on dim_customers.customer_id = rfm.customer_id

    where rfm.frequency > 0

),

attribute_values as (

    {% for attribute in [
        'region', 'city', 'city_tier', 'age_band', 'gender', 'occupation', 'income_band', 'education', 'marital_status',
        'member_tier', 'acquisition_source', 'acquisition_medium', 'first_touch_source', 'preferred_category',
        'preferred_channel', 'preferred_visit_channel', 'preferred_daypart', 'price_sensitivity',
    ] -%}
    select
        '{{ attribute }}' as attribute,
        coalesce({{ attribute }}, 'unknown') as value,
        count(*) as customers,
        sum(frequency) as orders,
        sum(monetary_amount) as net_amount,
        sum(case when frequency >= 2 then 1 else 0 end) as repeat_customers

    from customers

    group by coalesce({{ attribute }}, 'unknown')
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

ranked as (

    select
        attribute_values.*,
        row_number() over (partition by attribute order by net_amount desc, {{ binary_collation('value') }}) as rank,
        sum(customers) over (partition by attribute) as all_customers

    from attribute_values

),

final as (

    select
        attribute,
        value,
        cast(rank as integer) as rank,
        cast(customers as bigint) as customers,
        cast(all_customers as bigint) as all_customers,
        {{ safe_divide('customers', 'all_customers') }} as share,
        cast(orders as bigint) as orders,
        cast(net_amount as numeric(18, 2)) as net_amount,
        {{ average_amount('net_amount', 'orders') }} as average_order_amount,
        cast(repeat_customers as bigint) as repeat_customers,
        {{ safe_divide('repeat_customers', 'customers') }} as repurchase_rate

    from ranked

)

select * from final
