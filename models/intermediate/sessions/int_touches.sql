{%- set attributes = ['channel', 'device', 'source', 'medium', 'campaign'] -%}

with touches as (

    select distinct
        coalesce(channel, '') as channel,
        coalesce(device, '') as device,
        coalesce(source, '') as source,
        coalesce(medium, '') as medium,
        coalesce(campaign, '') as campaign

    from {{ ref('stg_shop__events') }}

),

final as (

    select
        channel,
        device,
        source,
        medium,
        campaign,
        {% for attribute in attributes -%}
        case
            when {{ attribute }} = 'unknown' then 0
            when {{ attribute }} <> '' then dense_rank() over (order by {{ binary_collation(attribute) }})
        end as {{ attribute }}_key,
        {% endfor -%}
        row_number() over (
            order by
                {{ binary_collation('channel') }}, {{ binary_collation('device') }}, {{ binary_collation('source') }},
                {{ binary_collation('medium') }}, {{ binary_collation('campaign') }}
        ) as touch_key

    from touches

)

select * from final
