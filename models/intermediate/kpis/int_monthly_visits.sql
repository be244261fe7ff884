{%- set dimensions = ['channel', 'device', 'source'] -%}

with sessions as (

    select
        cast(date_trunc('month', session_date) as date) as month,
        person_id,
        channel,
        device,
        source,
        case when is_bounce then 1 else 0 end as bounces,
        case when cart_adds > 0 then 1 else 0 end as cart_sessions,
        case when has_placed_order then 1 else 0 end as ordering_sessions

    from {{ ref('fct_sessions') }}

),

final as (

    select
        month,
        case
            {% for dimension in dimensions -%}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        coalesce({{ dimensions | join(', ') }}, 'all') as dimension_value,
        count(*) as sessions,
        count(distinct person_id) as visitors,
        sum(bounces) as bounces,
        sum(cart_sessions) as cart_sessions,
        sum(ordering_sessions) as ordering_sessions

    from sessions

    group by grouping sets ( -- noqa: PRS
        (month),
        {% for dimension in dimensions -%}
        (month, {{ dimension }}){{ ',' if not loop.last }}
        {% endfor -%}
    )

)

select * from final
