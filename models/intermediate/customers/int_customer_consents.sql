with consents as (

    select consents.*
    from {{ ref('int_consents') }} as consents
    inner join {{ ref('int_as_of') }} as as_of on consents.cutoff_date = as_of.as_of_date

),

-- a channel without a record is neither open nor closed
final as (

    select
        customer_id,
        max(case when channel = 'email' then case when is_subscribed then 1 else 0 end end) = 1 as is_subscribed_email,
        max(case when channel = 'sms' then case when is_subscribed then 1 else 0 end end) = 1 as is_subscribed_sms,
        max(case when channel = 'push' then case when is_subscribed then 1 else 0 end end) = 1 as is_subscribed_push,
        max(case when channel = 'wechat' then case when is_subscribed then 1 else 0 end end) = 1 as is_subscribed_wechat

    from consents

    group by customer_id

)

select * from final
