-- A descriptive attribute that contains personal data becomes null.
with cases as (

    select 'Wuhan' as given, 'Wuhan' as expected
    union all select '武汉', '武汉'
    union all select 'Building 13812', 'Building 13812'
    union all select 'ann@shop.com', null
    union all select 'call 13812345678', null
    union all select '4111 1111 1111 1111', null
    union all select '4111 1111 1111 1112', '4111 1111 1111 1112'
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_word('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
