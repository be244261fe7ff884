-- Each dimension covers all mature entries of a funnel and month, and no step has more people than the previous one.
with entries as (

    select
        funnel,
        cast(date_trunc('month', entered_date) as date) as month,
        count(*) as entries

    from {{ ref('fct_funnel_entries') }}

    where is_mature

    group by funnel, cast(date_trunc('month', entered_date) as date)

),

dimensions as (

    select
        funnel,
        month,
        dimension,
        sum(entries) as entries

    from {{ ref('rpt_funnel') }}

    where step_number = 1

    group by funnel, month, dimension

),

errors as (

    select
        dimensions.funnel,
        dimensions.month,
        dimensions.dimension,
        'entries' as error

    from dimensions
    full outer join entries on dimensions.funnel = entries.funnel and dimensions.month = entries.month

    where dimensions.entries is distinct from entries.entries

    union all

    select
        funnel,
        month,
        dimension,
        'people' as error

    from {{ ref('rpt_funnel') }}

    where people > people_before or people > entries or people_before > entered

)

select * from errors
