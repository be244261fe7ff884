-- the linear system of the Markov model has one equation per source
with sources as (

    select
        source,
        row_number() over (order by count(*) desc, {{ binary_collation('source') }}) as source_rank

    from {{ ref('int_path_touches') }}

    group by source

),

touches as (

    select
        touches.person_key,
        touches.path_number,
        touches.order_id,
        touches.touch_number,
        touches.touches,
        case when sources.source_rank > 100 then '(other)' else touches.source end as source

    from {{ ref('int_path_touches') }} as touches
    inner join sources on touches.source = sources.source

),

steps as (

    select
        coalesce(
            lag(source) over (partition by person_key, path_number, order_id order by touch_number), '(start)'
        ) as from_source,
        source as to_source

    from touches

    union all

    select
        source as from_source,
        case when order_id is not null then '(order)' else '(none)' end as to_source

    from touches

    where touch_number = touches

),

final as (

    select
        as_of.as_of_date,
        steps.from_source,
        steps.to_source,
        count(*) as paths

    from steps
    cross join {{ ref('int_as_of') }} as as_of

    group by as_of.as_of_date, steps.from_source, steps.to_source

)

select * from final
