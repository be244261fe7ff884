with scales as (

    select
        parameters.snapshot_date,
        {% for feature in persona_features() -%}
        max(case when parameter = 'mean.{{ feature }}' then value end) as {{ feature }}_mean,
        max(case when parameter = 'scale.{{ feature }}' then value end) as {{ feature }}_scale
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_snapshot_parameters') }} as parameters

    where model = 'kmeans'

    group by parameters.snapshot_date

),

standardised as (

    select
        features.customer_id,
        {% for feature in persona_features() -%}
        (features.{{ feature }} - scales.{{ feature }}_mean) / scales.{{ feature }}_scale as {{ feature }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_persona_features') }} as features
    inner join scales on features.as_of_date = scales.snapshot_date

),

distances as (

    select
        standardised.customer_id,
        centres.persona,
        row_number() over (
            partition by standardised.customer_id
            order by
                {% for feature in persona_features() -%}
                power(standardised.{{ feature }} - centres.{{ feature }}, 2)
                {%- if not loop.last %} + {% endif -%}
                {% endfor %},
                centres.cluster_number
        ) as nearness

    from standardised
    cross join {{ ref('int_persona_centres') }} as centres

),

final as (

    select
        customer_id,
        persona

    from distances

    where nearness = 1

)

select * from final
