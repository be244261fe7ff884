-- Whitespace of any kind and characters of zero width are trimmed at both ends and kept inside. A value of only whitespace is null.
with cases as (

    select 'a b' as given, 'a b' as expected
    union all select '  a b ', 'a b'
    union all select concat(chr(9), '00123', chr(9)), '00123'
    union all select concat('a', chr(13), chr(10)), 'a'
    union all select concat(chr(160), 'a', chr(160)), 'a'
    union all select '{{ "\u3000手机\u3000" }}', '手机'
    union all select concat('a', chr(9), 'b'), concat('a', chr(9), 'b')
    union all select '{{ "17850\u200b" }}', '17850'
    union all select '{{ "\ufeff \u200e17850\u2060\t" }}', '17850'
    union all select '{{ "é \u200d" }}', 'é'
    union all select '{{ "a\u200bb" }}', '{{ "a\u200bb" }}'
    union all select '{{ "\u200b" }}', null
    union all select concat(chr(9), ' ', chr(160)), null
    union all select '', null
    union all select cast(null as {{ dbt.type_string() }}), null

),

trimmed as (

    select
        cases.*,
        {{ trimmed_text('given') }} as actual

    from cases

)

select * from trimmed where actual is distinct from expected
