-- an opt-out counts even if its row is rejected, for example because its date is unreadable
with source as (

    select * from {{ ref('base_shop__subscriptions') }}

    where rejection_reason is distinct from 'erased'

),

{{ mapped_values(ref('base_shop__subscriptions'), 'channel', 'contact_channel_mapping', 'channel') }},

{{ mapped_values(ref('base_shop__subscriptions'), 'status', 'consent_status_mapping', 'status') }},

renamed as (

    select
        source.customer_id,
        channel_values.mapped_value as channel,
        coalesce(status_values.mapped_value = 'subscribed', false) as is_subscribed,
        case when {{ is_possible_time('source.changed_at') }} then source.changed_at end as changed_at,
        source.rejection_reason

    from source
    left join channel_values on source.channel = channel_values.raw_value
    left join status_values on source.status = status_values.raw_value

),

final as (

    select
        customer_id,
        channel,
        is_subscribed,
        changed_at,
        {{ shop_date('changed_at') }} as changed_date

    from renamed

    where rejection_reason is null or not is_subscribed

)

select * from final
