-- Case, spaces, hyphens and full-width characters do not distinguish values. Only a status loses its prefix wc-, and only once.
-- The text null is a missing value.
with cases as (

    select 'Pending Payment' as given, 'placed' as expected
    union all select 'PENDING-PAYMENT', 'placed'
    union all select 'pending_payment', 'placed'
    union all select 'Shipped - Picked Up', 'shipped'
    union all select 'Shipped – Picked Up', 'shipped'
    union all select '已发货，待收货', 'shipped'
    union all select '（锁定）等待出库', 'paid'
    union all select 'Ｏｎ－Ｈｏｌｄ', 'placed'
    union all select 'ＣＡＮＣＥＬＬＥＤ', 'cancelled'
    union all select 'on　hold', 'placed'
    union all select 'WC-On-Hold', 'placed'
    union all select 'wc-wc-failed', null
    union all select 'wcfailed', null
    union all select 'null', null
    union all select 'not-wc-failed', null

),

channel_cases as (

    select 'Mini-Program' as given_channel, 'mini_program' as expected
    union all select 'wc-app', null

),

{{ mapped_values('cases', 'given', 'order_status_mapping', 'status') }},

{{ mapped_values('channel_cases', 'given_channel', 'channel_mapping', 'channel') }},

compared as (

    select
        cases.*,
        given_values.is_mapped,
        given_values.mapped_value

    from cases
    left join given_values on cases.given = given_values.raw_value

    union all

    select
        channel_cases.*,
        given_channel_values.is_mapped,
        given_channel_values.mapped_value

    from channel_cases
    left join given_channel_values on channel_cases.given_channel = given_channel_values.raw_value

)

select * from compared
where mapped_value is distinct from expected or is_mapped is distinct from (expected is not null or given = 'null')
