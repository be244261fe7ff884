-- The usual words for yes and no are read case-insensitively; all others are null.
with cases as (

    select 'true' as given, true as expected
    union all select 'TRUE', true
    union all select 'Yes', true
    union all select '1', true
    union all select '是', true
    union all select 'false', false
    union all select 'No', false
    union all select '0', false
    union all select '否', false
    union all select 'maybe', null
    union all select '2', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_boolean('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
