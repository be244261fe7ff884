with final as (

    select * from {{ ref('int_rate_drops') }}

    union all

    select * from {{ ref('int_rate_rises') }}

)

select * from final
