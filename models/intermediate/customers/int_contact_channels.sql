with consents as (

    select * from {{ ref('int_contact_consents') }}

),

customers as (

    select customer_id from {{ ref('int_customers_resolved') }}

    union

    select customer_id from {{ ref('int_purchases') }}
    where customer_id is not null

),

-- by preference within allowed, denied and unknown
permissions as (

    select
        customers.customer_id,
        channels.channel,
        case when consents.is_allowed then 'allowed' when not consents.is_allowed then 'denied' else 'unknown' end as consent,
        row_number() over (partition by customers.customer_id, consents.is_allowed order by channels.preference) as channel_rank

    from customers
    cross join {{ ref('contact_channels') }} as channels
    left join consents on customers.customer_id = consents.customer_id and channels.channel = consents.channel

),

final as (

    select
        customer_id,
        {% for consent in ['allowed', 'denied', 'unknown'] -%}
        nullif(
            concat_ws(
                ',',
                {% for rank in range(1, 11) -%}
                max(case when consent = '{{ consent }}' and channel_rank = {{ rank }} then channel end){{ ',' if not loop.last }}
                {% endfor -%}
            ), ''
        ) as {{ consent }}_channels,
        {% endfor -%}
        max(case when consent = 'allowed' and channel_rank = 1 then channel end) as allowed_channel

    from permissions

    group by customer_id

)

select * from final
