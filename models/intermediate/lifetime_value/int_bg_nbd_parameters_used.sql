with parameters as (

    select * from {{ ref('int_cutoff_parameters') }}
    where model = 'bg_nbd'

),

final as (

    select
        cutoff_date,
        max(case when parameter = 'r' then value end) as r,
        max(case when parameter = 'alpha' then value end) as alpha,
        max(case when parameter = 'a' then value end) as a,
        max(case when parameter = 'b' then value end) as b,
        max(case when is_identified then 1 else 0 end) = 1 as is_identified

    from parameters

    group by cutoff_date

)

select * from final
