with parameters as (

    select * from {{ ref('int_snapshot_parameters') }}
    where model = 'bg_nbd'

),

final as (

    select
        snapshot_date,
        max(case when parameter = 'r' then value end) as r,
        max(case when parameter = 'alpha' then value end) as alpha,
        max(case when parameter = 'a' then value end) as a,
        max(case when parameter = 'b' then value end) as b,
        max(case when is_identified then 1 else 0 end) = 1 as is_identified

    from parameters

    group by snapshot_date

)

select * from final
