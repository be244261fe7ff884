-- All personal data in a text is masked, and nothing else: the last rows are unchanged.
with cases as (

    select 'mail ann@shop.com now' as given, 'mail *** now' as expected
    union all select 'ann@shop.com,bob@shop.com', '***,***'
    union all select 'ann%40shop.com', '***'
    union all select 'ann @ shop.com', '***'
    union all select 'ａｎｎ＠ｓｈｏｐ．ｃｏｍ', '***'
    union all select '/u/ann@shop.com/orders', '/u/***/orders'
    union all select 'tel:13812345678', 'tel:***'
    union all select '请联系13812345678谢谢', '请联系***谢谢'
    union all select '13812345678,13912345678', '***,***'
    union all select '１３８００１３８０００', '***'
    union all select 'tel:+44 20 7946 0958', 'tel:***'
    union all select '+49 (0)151 5555 1234', '***'
    union all select '0049 151 55551234', '***'
    union all select '(415) 444-1234', '***'
    union all select 'call 415.444.1234 now', 'call *** now'
    union all select '0151 55551234', '***'
    union all select '010-66661234', '***'
    union all select '（010）66661234', '***'
    union all select '06 12 34 56 78', '***'
    union all select '07700 900123', '***'
    union all select '98765 43210', '***'
    union all select '8 (495) 123-45-67', '***'
    union all select '612 34 56 78', '***'
    union all select '9123 4567', '***'
    -- cards of 13, 14, 15, 16 and 19 digits
    union all select '4222222222222', '***'
    union all select '30569309025904', '***'
    union all select '3782 822463 10005', '***'
    union all select '4111-1111-1111-1111', '***'
    union all select '6222021234567890128', '***'
    union all select '4111111111111112 4111111111111111', '*** ***'
    union all select '11010519491231002X', '***'
    union all select '440524188001010014', '***'
    union all select 'DE89 3704 0044 0532 0130 00', '***'
    union all select 'GB29NWBK60161331926819', '***'
    union all select cast(null as {{ dbt.type_string() }}), null
    {%- for unchanged in [
        '/cart?step=2', '2024-05-01 10:00:00', '2024-05-01T10:00:00.123456Z', '01/05/2024 12:30', '05.2024-06.2024', '20240501123000',
        '1714550400', '1714550400123', '12345678901', '4111111111111112', '4111 1111 1111 1112', '110105194912310021', '4006381333931',
        '23851234567890123', '550e8400-e29b-41d4-a716-446655440000', '12345678-1234-1234-1234-123456789012',
        'd41d8cd98f00b204e9800998ecf8427e', 'a3f13812345678bc', 'SO-0123-456789', 'DE12345678', '978-0-306-40615-7', '12345-6789', '100-0001',
        '01310-100', '1.234.567,89', '1 234 567', '6000 8000', '36 38 40 42', '192.168.100.100', '3 @ 5 EUR', 'dinner @home', '微信（小程序）',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 Version/17.1.2 Mobile/15E148 Safari/604.1',
        'Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.5615.48 Mobile Safari/537.36',
    ] %}
    union all select '{{ unchanged }}', '{{ unchanged }}'
    {%- endfor %}

),

masked as (

    select
        cases.*,
        {{ mask_personal('given') }} as actual

    from cases

)

select * from masked where actual is distinct from expected
