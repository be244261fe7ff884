with gaps as (

    select * from {{ ref('int_repurchase_gaps') }}

),

-- at risk on a day are all whose gap is at least that long, those who leave the watch on it included
at_risk as (

    select
        gaps.*,
        sum(spells) over (
            partition by group_by, group_value order by gap_days desc rows between unbounded preceding and current row
        ) as spells_at_risk

    from gaps

),

-- a product in logarithms; on a day on which all come back it is 0 for good
survived as (

    select
        at_risk.*,
        max(case when repurchases = spells_at_risk then 1 else 0 end) over so_far as has_ended,
        sum(
            ln(1 - cast(repurchases as {{ type_double() }}) / nullif(spells_at_risk, repurchases))
        ) over so_far as log_survival

    from at_risk

    window so_far as (
        partition by group_by, group_value order by gap_days rows between unbounded preceding and current row
    )

),

final as (

    select
        group_by,
        group_value,
        gap_days,
        spells,
        repurchases,
        spells_at_risk,
        case when has_ended = 1 then 0e0 else exp(coalesce(log_survival, 0)) end as survival

    from survived

)

select * from final
