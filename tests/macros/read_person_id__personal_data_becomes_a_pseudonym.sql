-- An id that is personal data becomes a case-insensitive pseudonym. Other ids lose only the marks of spreadsheets and data frames.
with cases as (

    select 'C1' as given, 'C1' as expected
    union all select 'ann@shop.com', 'person:57b9f8a3963c965f24eec7cf541a03da'
    union all select 'Ann@Shop.com', 'person:57b9f8a3963c965f24eec7cf541a03da'
    union all select '13812345678', 'person:38aed9048140b0e437ea81461d9ea452'
    union all select '+8613812345678', 'person:2ebdcb1bacf1ff0801da3dac97a864a1'
    union all select '''Ann@Shop.com', 'person:57b9f8a3963c965f24eec7cf541a03da'
    union all select '="13812345678"', 'person:38aed9048140b0e437ea81461d9ea452'
    union all select '13812345678.0', 'person:38aed9048140b0e437ea81461d9ea452'
    union all select '4111111111111111', 'person:9bbef19476623ca56c17da75fd57734d'
    union all select '11010519491231002X', 'person:4902ee4583c5f33a9395744013156b78'
    union all select '(415) 444-1234', 'person:112171ef84314e519a3f436ed5de2a8c'
    union all select 'ann%40shop.com', 'person:e6d5bd25480c6abf19d13bf492e970fc'
    union all select '4111111111111112', '4111111111111112'
    union all select '110105194912310021', '110105194912310021'
    union all select 'cust-13812345678', 'cust-13812345678'
    union all select '550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440000'
    union all select '17850.0', '17850'
    union all select '17850.00', '17850'
    union all select '="17850"', '17850'
    union all select '="017850.0"', '017850'
    union all select '''17850', '17850'
    union all select '17850.01', '17850.01'
    union all select 'a.0', 'a.0'
    union all select '1.2.0', '1.2.0'
    union all select '=17850', '=17850'
    union all select '=""', null
    union all select 'O''Neil', 'O''Neil'
    union all select '4.51E+12', '4.51E+12'
    union all select '1234567', '1234567'
    union all select '12345678901', '12345678901'
    union all select cast(null as {{ dbt.type_string() }}), null

),

trimmed as (

    select
        expected,
        {{ read_text('given', is_id=true) }} as given

    from cases

),

read as (

    select
        trimmed.*,
        {{ read_person_id('given') }} as actual

    from trimmed

)

select * from read where actual is distinct from expected
