with parameters as (

    select
        parameters.*,
        split_part(parameters.parameter, '.', 2) as cluster_text,
        split_part(parameters.parameter, '.', 3) as feature

    from {{ ref('int_snapshot_parameters') }} as parameters
    inner join {{ ref('int_as_of') }} as as_of on parameters.snapshot_date = as_of.as_of_date

    where parameters.model = 'kmeans'

),

centres as (

    select
        cast(cluster_text as integer) as cluster_number,
        feature,
        value as centre

    from parameters

    where parameter like 'centre.%'

),

-- the features in which a cluster differs most from the mean customer give it its name
ranked as (

    select
        centres.*,
        feature || case when centre > 0 then '_high' else '_low' end as trait,
        row_number() over (
            partition by cluster_number order by abs(centre) desc, {{ byte_order('feature') }}
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

final as (

    select
        numbered.*,
        first_trait || '+' || second_trait || case when namesake > 1 then '+' || namesake else '' end as persona

    from numbered

)

select * from final
