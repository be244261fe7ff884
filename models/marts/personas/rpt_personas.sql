{%- set shares = [] -%}
{%- for feature in persona_features() if feature.endswith('_share') -%} {%- do shares.append(feature) -%} {%- endfor -%}

with measured as (

    select
        personas.persona,
        count(*) as customers,
        sum(features.recency_days) as recency_days,
        sum(features.year_orders) as orders_365d,
        sum(features.mean_day_amount) as order_amount,
        sum(features.observed_days) as tenure_days,
        sum(features.order_units) as order_units,
        sum(features.recent_sessions) as sessions_90d,
        {% for share in shares -%}
        sum(features.own_{{ share }}) as {{ share }},
        count(features.own_{{ share }}) as {{ share }}_customers
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_customer_personas') }} as personas
    inner join {{ ref('int_persona_features') }} as features on personas.customer_id = features.customer_id

    group by personas.persona

),

shop as (

    select
        count(*) as all_customers,
        {% for rank in [1, 2, 3] -%}
        max(features.category_{{ rank }}) as category_{{ rank }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_persona_features') }} as features

),

final as (

    select
        personas.persona,
        {% for language in ['en', 'zh'] -%}
        {%- set comma = {'en': ', ', 'zh': '、'}[language] -%}
        {%- set traits = namespace(name="first_traits.label_" ~ language ~ " || coalesce('" ~ comma ~ "' || second_traits.label_" ~ language ~ ", '')") -%}
        {%- for rank in [1, 2, 3] -%}
        {%- set traits.name = "replace(" ~ traits.name ~ ", '{category_" ~ rank ~ "}', coalesce(category_" ~ rank ~ "_labels.label_" ~ language ~ ", shop.category_" ~ rank ~ ", ''))" -%}
        {%- endfor -%}
        {{ traits.name }}
        || case when personas.namesake > 1 then ' ' || cast(personas.namesake as {{ dbt.type_string() }}) else '' end as persona_{{ language }},
        {% endfor -%}
        personas.first_trait,
        cast(personas.first_difference as numeric(18, 2)) as first_trait_difference,
        personas.second_trait,
        cast(personas.second_difference as numeric(18, 2)) as second_trait_difference,
        cast(coalesce(measured.customers, 0) as integer) as customers,
        cast(shop.all_customers as integer) as all_customers,
        {{ safe_divide('coalesce(measured.customers, 0)', 'shop.all_customers') }} as customer_share,
        {% for measure in ['recency_days', 'orders_365d', 'order_amount', 'tenure_days', 'order_units', 'sessions_90d'] -%}
        {{ average_amount('measured.' ~ measure, 'measured.customers') }} as mean_{{ measure }},
        {% endfor -%}
        {% for rank in [1, 2, 3] -%}
        shop.category_{{ rank }},
        {% endfor -%}
        {% for share in shares -%}
        {{ safe_divide('measured.' ~ share, 'measured.' ~ share ~ '_customers') }} as mean_{{ share }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_personas') }} as personas
    cross join shop
    left join measured on personas.persona = measured.persona
    left join {{ ref('labels') }} as first_traits
        on first_traits.code_type = 'persona_trait' and personas.first_trait = first_traits.code
    left join {{ ref('labels') }} as second_traits
        on second_traits.code_type = 'persona_trait' and personas.second_trait = second_traits.code
    {% for rank in [1, 2, 3] -%}
    left join {{ ref('labels') }} as category_{{ rank }}_labels
        on category_{{ rank }}_labels.code_type = 'category' and shop.category_{{ rank }} = category_{{ rank }}_labels.code
    {% endfor %}

)

select * from final
