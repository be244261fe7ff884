with rfm as (

    select * from {{ ref('int_customer_rfm') }}

    where is_as_of

),

margins as (

    select
        purchases.customer_id,
        sum(purchases.margin_amount) as margin_amount,
        sum(case when purchases.margin_amount is not null then purchases.net_amount end) as costed_net_amount

    from {{ ref('int_purchases') }} as purchases
    cross join {{ ref('int_as_of') }} as as_of

    where purchases.order_date > cast(as_of.as_of_date - interval '{{ var("rfm_window_days") }}' day as date)

    group by purchases.customer_id

),

final as (

    select
        rfm.customer_id,
        rfm.snapshot_date as as_of_date,
        cast(rfm.recency_days as integer) as recency_days,
        rfm.frequency,
        rfm.monetary_amount,
        cast(margins.margin_amount as numeric(18, 2)) as margin_amount,
        cast(margins.costed_net_amount as numeric(18, 2)) as costed_net_amount,
        rfm.r_score,
        rfm.f_score,
        rfm.m_score,
        rfm.rfm_cell,
        {% for scheme in rfm_schemes() -%}
        rfm.{{ scheme }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from rfm
    left join margins on rfm.customer_id = margins.customer_id

)

select * from final
