{%- set scales = [] -%}
{%- for feature in persona_features() -%} {%- do scales.extend(['mean.' ~ feature, 'scale.' ~ feature]) -%} {%- endfor -%}

with fits as (

    {{ snapshot_parameters('kmeans', scales) }}

),

standardised as (

    select
        features.customer_id,
        {% for feature in persona_features() -%}
        (features.{{ feature }} - fits.mean_{{ feature }}) / fits.scale_{{ feature }} as {{ feature }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_persona_features') }} as features
    inner join fits on features.snapshot_date = fits.snapshot_date

),

distances as (

    select
        standardised.customer_id,
        personas.persona,
        row_number() over (
            partition by standardised.customer_id
            order by
                {% for feature in persona_features() -%}
                power(standardised.{{ feature }} - personas.{{ feature }}, 2)
                {%- if not loop.last %} + {% endif -%}
                {% endfor %},
                personas.cluster_number
        ) as nearness

    from standardised
    cross join {{ ref('int_personas') }} as personas

),

final as (

    select
        customer_id,
        persona

    from distances

    where nearness = 1

)

select * from final
