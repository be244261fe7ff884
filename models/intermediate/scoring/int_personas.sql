with fits as (

    {{ snapshot_parameters('kmeans', []) }}

),

parameters as (

    select
        parameters.parameter,
        parameters.value

    from ({{ fitted_parameters('kmeans') }}) as parameters
    inner join fits on parameters.trained_through = fits.trained_through

    where fits.is_as_of

),

centres as (

    select
        cast(split_part(parameter, '.', 2) as integer) as cluster_number,
        split_part(parameter, '.', 3) as feature,
        value as centre

    from parameters

    where parameter like 'centre.%'

),

-- centres are distances to the average customer; what sets a cluster apart is the distance to all other customers. A fit by an
-- earlier version has no shares, and no personas until the next fit
differences as (

    select
        centres.*,
        centres.centre / (1 - shares.value) as difference

    from centres
    inner join parameters as shares
        on shares.parameter = 'share.' || cast(centres.cluster_number as {{ dbt.type_string() }})

),

traits as (

    select
        differences.*,
        differences.feature || case when differences.difference > 0 then '_high' else '_low' end as trait,
        abs(differences.difference) >= thresholds.value as is_distinctive,
        row_number() over (
            partition by differences.cluster_number
            order by abs(differences.difference) desc, {{ binary_collation('differences.feature') }}
        ) as trait_rank

    from differences
    inner join {{ ref('customer_thresholds') }} as thresholds on thresholds.threshold = 'persona_trait_difference'

),

first_traits as (

    select
        cluster_number,
        case when is_distinctive then trait else 'typical' end as first_trait,
        case when is_distinctive then difference end as first_difference

    from traits

    where trait_rank = 1

),

-- clusters with the same first trait are told apart by the second
compared as (

    select
        traits.*,
        abs(traits.difference - avg(traits.difference) over (partition by first_traits.first_trait, traits.feature)) as difference_to_alike

    from traits
    inner join first_traits on traits.cluster_number = first_traits.cluster_number

),

second_traits as (

    select
        compared.*,
        row_number() over (partition by cluster_number order by difference_to_alike desc, trait_rank asc) as second_rank

    from compared

    where is_distinctive and trait_rank > 1

),

named as (

    select
        first_traits.*,
        second_traits.trait as second_trait,
        second_traits.difference as second_difference

    from first_traits
    left join second_traits on first_traits.cluster_number = second_traits.cluster_number and second_traits.second_rank = 1

),

numbered as (

    select
        named.*,
        row_number() over (partition by first_trait, second_trait order by cluster_number) as namesake

    from named

),

features as (

    select
        cluster_number,
        {% for feature in persona_features() -%}
        max(case when feature = '{{ feature }}' then centre end) as {{ feature }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from centres

    group by cluster_number

),

final as (

    select
        features.*,
        numbered.first_trait,
        numbered.first_difference,
        numbered.second_trait,
        numbered.second_difference,
        numbered.namesake,
        numbered.first_trait || coalesce('+' || numbered.second_trait, '')
        || case when numbered.namesake > 1 then '+' || cast(numbered.namesake as {{ dbt.type_string() }}) else '' end as persona

    from numbered
    inner join features on numbered.cluster_number = features.cluster_number

)

select * from final
