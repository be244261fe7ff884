-- The median of an even number of values is halfway between the two middle ones; nulls do not count.
with cases as (

    select 'odd' as series, 1 as given, cast(5 as numeric(18, 6)) as expected
    union all select 'odd', 5, 5
    union all select 'odd', 90, 5
    union all select 'even', 10, 12.5
    union all select 'even', 15, 12.5
    union all select 'with_null', 10, 15
    union all select 'with_null', 20, 15
    union all select 'with_null', null, 15
    union all select 'only_null', null, null

),

medians as (

    select
        series,
        expected,
        {{ median('given') }} as actual

    from cases

    group by series, expected

)

select * from medians where actual is distinct from expected
