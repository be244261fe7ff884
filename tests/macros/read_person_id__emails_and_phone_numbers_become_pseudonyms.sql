-- An account id that is an email address or phone number becomes a case-insensitive pseudonym. Other ids are unchanged.
with cases as (

    select 'C1' as given, 'C1' as expected
    union all select 'ann@shop.com', 'person:57b9f8a3963c965f24eec7cf541a03da'
    union all select 'Ann@Shop.com', 'person:57b9f8a3963c965f24eec7cf541a03da'
    union all select '13812345678', 'person:38aed9048140b0e437ea81461d9ea452'
    union all select '+8613812345678', 'person:2ebdcb1bacf1ff0801da3dac97a864a1'
    union all select '1234567', '1234567'
    union all select '12345678901', '12345678901'
    union all select cast(null as {{ dbt.type_string() }}), null

),

read as (

    select
        cases.*,
        {{ read_person_id('given') }} as actual

    from cases

)

select * from read where actual is distinct from expected
