{%- set scales = [] -%}
{%- for feature in persona_features() -%} {%- do scales.extend(['mean.' ~ feature, 'scale.' ~ feature]) -%} {%- endfor -%}

with fits as (

    {{ snapshot_parameters('kmeans', scales) }}

),

parameters as (

    {{ fitted_parameters('kmeans') }}

),

centres as (

    select
        cast(split_part(parameters.parameter, '.', 2) as integer) as cluster_number,
        split_part(parameters.parameter, '.', 3) as feature,
        parameters.value as centre

    from parameters
    inner join fits on parameters.trained_through = fits.trained_through

    where fits.is_as_of and parameters.parameter like 'centre.%'

),

-- a cluster is named after the features in which it differs most from the average customer
ranked as (

    select
        centres.*,
        feature || case when centre > 0 then '_high' else '_low' end as trait,
        row_number() over (
            partition by cluster_number order by abs(centre) desc, {{ binary_collation('feature') }}
        ) as trait_rank

    from centres

),

named as (

    select
        cluster_number,
        max(case when trait_rank = 1 then trait end) as first_trait,
        max(case when trait_rank = 2 then trait end) as second_trait,
        {% for feature in persona_features() -%}
        max(case when feature = '{{ feature }}' then centre end) as {{ feature }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from ranked

    group by cluster_number

),

numbered as (

    select
        named.*,
        row_number() over (partition by first_trait, second_trait order by cluster_number) as namesake

    from named

),

standardised as (

    select
        features.customer_id,
        {% for feature in persona_features() -%}
        (features.{{ feature }} - fits.mean_{{ feature }}) / fits.scale_{{ feature }} as {{ feature }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_churn_features') }} as features
    inner join fits on features.snapshot_date = fits.snapshot_date

    where features.is_as_of

),

distances as (

    select
        standardised.customer_id,
        numbered.cluster_number,
        row_number() over (
            partition by standardised.customer_id
            order by
                {% for feature in persona_features() -%}
                power(standardised.{{ feature }} - numbered.{{ feature }}, 2)
                {%- if not loop.last %} + {% endif -%}
                {% endfor %},
                numbered.cluster_number
        ) as nearness

    from standardised
    cross join numbered

),

-- a persona without customers has a row without a customer
final as (

    select
        distances.customer_id,
        numbered.cluster_number,
        numbered.first_trait,
        numbered.second_trait,
        numbered.namesake,
        numbered.first_trait || '+' || numbered.second_trait
        || case when numbered.namesake > 1 then '+' || numbered.namesake else '' end as persona

    from numbered
    left join distances on numbered.cluster_number = distances.cluster_number and distances.nearness = 1

)

select * from final
