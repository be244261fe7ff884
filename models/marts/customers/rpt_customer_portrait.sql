with tickets as (

    select
        interactions.customer_id,
        count(*) as tickets

    from {{ ref('int_customer_interactions') }} as interactions
    cross join {{ ref('int_as_of') }} as as_of

    where
        interactions.interaction = 'support_ticket'
        and interactions.occurred_date > cast(as_of.as_of_date - interval '{{ var("rfm_window_days") }}' day as date)

    group by interactions.customer_id

),

-- a shop without any ticket does not record them, which is not the same as zero tickets
recording as (

    select count(*) > 0 as has_tickets
    from {{ ref('int_customer_interactions') }}
    where interaction = 'support_ticket'

),

customers as (

    select
        dim_customers.*,
        rfm.frequency,
        rfm.monetary_amount,
        cast(rfm.f_score as {{ dbt.type_string() }}) as f_score,
        case when recording.has_tickets then coalesce(tickets.tickets, 0) end as tickets

    from {{ ref('dim_customers') }} as dim_customers
    inner join {{ ref('fct_customer_rfm') }} as rfm on dim_customers.customer_id = rfm.customer_id
    left join tickets on dim_customers.customer_id = tickets.customer_id
    cross join recording

    where rfm.frequency > 0

),

attribute_values as (

    {% for attribute in [
        'region', 'city', 'city_tier', 'age_band', 'gender', 'occupation', 'income_band', 'education', 'marital_status',
        'member_tier', 'acquisition_source', 'acquisition_medium', 'first_touch_source', 'preferred_category',
        'preferred_channel', 'preferred_visit_channel', 'preferred_daypart', 'price_sensitivity', 'f_score',
    ] -%}
    select
        '{{ attribute }}' as attribute,
        coalesce({{ attribute }}, 'unknown') as value,
        count(*) as customers,
        sum(frequency) as orders,
        sum(monetary_amount) as net_amount,
        sum(case when frequency >= 2 then 1 else 0 end) as repeat_customers,
        sum(tickets) as support_tickets

    from customers

    group by coalesce({{ attribute }}, 'unknown')
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

-- a value called other would be confused with the pool, so it is always part of it
ordered as (

    select
        attribute_values.*,
        row_number() over (
            partition by attribute
            order by case when value = 'other' then 1 else 0 end, orders desc, {{ binary_collation('value') }}
        ) as value_rank,
        count(*) over (partition by attribute) as all_values

    from attribute_values

),

-- a customer has one value of an attribute, so sums count it once
pooled as (

    select
        ordered.attribute,
        case when ordered.value_rank <= thresholds.breakdown_values then ordered.value else 'other' end as value,
        max(
            case when ordered.value_rank > thresholds.breakdown_values then ordered.all_values - thresholds.breakdown_values end
        ) as pooled_values,
        {% for measure in ['customers', 'orders', 'net_amount', 'repeat_customers', 'support_tickets'] -%}
        sum(ordered.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from ordered
    cross join {{ ref('report_thresholds') }} as thresholds

    group by ordered.attribute, case when ordered.value_rank <= thresholds.breakdown_values then ordered.value else 'other' end

),

ranked as (

    select
        pooled.*,
        row_number() over (partition by attribute order by net_amount desc, {{ binary_collation('value') }}) as rank,
        sum(customers) over (partition by attribute) as all_customers,
        sum(net_amount) over (partition by attribute) as all_net_amount

    from pooled

),

final as (

    select
        attribute,
        value,
        cast(pooled_values as integer) as pooled_values,
        cast(rank as integer) as rank,
        cast(customers as bigint) as customers,
        cast(all_customers as bigint) as all_customers,
        {{ safe_divide('customers', 'all_customers') }} as share,
        cast(orders as bigint) as orders,
        cast(net_amount as numeric(18, 2)) as net_amount,
        cast(all_net_amount as numeric(18, 2)) as all_net_amount,
        {{ safe_divide('net_amount', 'all_net_amount') }} as net_amount_share,
        {{ average_amount('net_amount', 'orders') }} as average_order_amount,
        cast(repeat_customers as bigint) as repeat_customers,
        {{ safe_divide('repeat_customers', 'customers') }} as repurchase_rate,
        cast(support_tickets as bigint) as support_tickets,
        {{ safe_divide('support_tickets', 'customers') }} as tickets_per_customer

    from ranked

)

select * from final
