{%- set attributes = ['channel', 'device', 'source', 'medium', 'campaign'] -%}

with touches as (

    select distinct
        {% for attribute in attributes -%}
        coalesce({{ attribute }}, '') as {{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_shop__events') }}

),

final as (

    select
        row_number() over (
            order by {% for attribute in attributes %}{{ binary_collation(attribute) }}{{ ', ' if not loop.last }}{% endfor %}
        ) as touch_key,
        {% for attribute in attributes -%}
        {{ attribute }},
        {% endfor -%}
        {% for attribute in attributes -%}
        case
            when {{ attribute }} = 'unknown' then 0
            when {{ attribute }} <> '' then dense_rank() over (order by {{ binary_collation(attribute) }})
        end as {{ attribute }}_key{{ ',' if not loop.last }}
        {% endfor %}
    from touches

)

select * from final
