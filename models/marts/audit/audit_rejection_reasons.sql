with final as (

    select
        input,
        reason,
        count(*) as rows,
        cast(sum(amount) as numeric(18, 2)) as amount

    from {{ ref('audit_rejected_rows') }}

    group by input, reason

)

select * from final
