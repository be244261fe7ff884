with pooled as (

    select * from {{ ref('int_pooled_values') }}

),

survival as (

    select
        case survival.group_by when 'pooled_category' then 'category' else survival.group_by end as group_by,
        survival.group_value,
        survival.gap_days,
        survival.spells,
        survival.repurchases,
        survival.survival

    from {{ ref('int_repurchase_survival') }} as survival
    left join pooled on survival.group_by = pooled.dimension and survival.group_value = pooled.dimension_value

    -- the channels are pooled already
    where survival.group_by <> 'category' or pooled.dimension is null

),

pools as (

    select distinct
        dimension,
        pooled_values

    from pooled

),

days as (

    select {{ number_series(0, 365) }} as day

),

groups as (

    select distinct
        group_by,
        group_value

    from survival

),

grid as (

    select
        groups.group_by,
        groups.group_value,
        cast(days.day as integer) as day

    from groups
    cross join days

),

totals as (

    select
        group_by,
        group_value,
        sum(spells) as spells

    from survival

    group by group_by, group_value

),

observed as (

    select
        grid.group_by,
        grid.group_value,
        grid.day,
        totals.spells,
        coalesce(survival.repurchases, 0) as repurchases,
        sum(coalesce(survival.spells, 0)) over (
            partition by grid.group_by, grid.group_value order by grid.day rows between unbounded preceding and current row
        ) - coalesce(survival.spells, 0) as spells_over,
        -- survival never rises, so the running minimum is the value of the last day with a reorder
        coalesce(min(survival.survival) over (
            partition by grid.group_by, grid.group_value order by grid.day rows between unbounded preceding and current row
        ), 1e0) as survival

    from grid
    inner join totals on grid.group_by = totals.group_by and grid.group_value = totals.group_value
    left join survival
        on
            grid.group_by = survival.group_by
            and grid.group_value = survival.group_value
            and grid.day = survival.gap_days

),

final as (

    select
        observed.group_by,
        labels.label_en as group_by_en,
        labels.label_zh as group_by_zh,
        observed.group_value,
        cast(pools.pooled_values as integer) as pooled_values,
        observed.day,
        cast(observed.spells - observed.spells_over as bigint) as customers_at_risk,
        cast(observed.repurchases as bigint) as repurchases,
        cast(observed.survival as numeric(18, 9)) as survival,
        cast(1 - observed.survival as numeric(18, 9)) as repurchase_probability

    from observed
    left join pools on observed.group_by = pools.dimension and observed.group_value = 'other'
    left join {{ ref('labels') }} as labels
        on labels.code_type = 'repurchase_group' and observed.group_by = labels.code

)

select * from final
