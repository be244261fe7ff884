with rfm as (

    select * from {{ ref('int_customer_rfm') }}

    where is_as_of

),

final as (

    select
        customer_id,
        snapshot_date as as_of_date,
        cast(recency_days as integer) as recency_days,
        frequency,
        monetary_amount,
        r_score,
        f_score,
        m_score,
        rfm_cell,
        {% for scheme in rfm_schemes() -%}
        {{ scheme }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from rfm

)

select * from final
