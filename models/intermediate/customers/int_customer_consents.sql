with consents as (

    select consents.*
    from {{ ref('int_consents') }} as consents
    inner join {{ ref('int_as_of') }} as as_of on consents.cutoff_date = as_of.as_of_date

),

-- a channel without a record is neither open nor closed
final as (

    select
        customer_id,
        {% for channel in ['email', 'sms', 'push', 'wechat'] -%}
        max(case when channel = '{{ channel }}' then case when is_subscribed then 1 else 0 end end) = 1
            as is_subscribed_{{ channel }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from consents

    group by customer_id

)

select * from final
