-- Case, spaces and hyphens do not distinguish values.
with cases as (

    select 'Mobile Phone' as given, 'mobile_phone' as expected
    union all select 'MOBILE-PHONE', 'mobile_phone'
    union all select 'mobile_phone', 'mobile_phone'
    union all select '手机', '手机'
    union all select cast(null as {{ dbt.type_string() }}), null

),

keyed as (

    select
        cases.*,
        {{ word_key('given') }} as actual

    from cases

)

select * from keyed where actual is distinct from expected
