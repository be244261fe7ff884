-- Case, spaces, hyphens and full-width punctuation do not distinguish values. Only a status loses its prefix wc-, and only once.
with cases as (

    select 'Mobile Phone' as given, 'mobile_phone' as expected, 'mobile_phone' as expected_status
    union all select 'MOBILE-PHONE', 'mobile_phone', 'mobile_phone'
    union all select 'mobile_phone', 'mobile_phone', 'mobile_phone'
    union all select 'Shipped - Picked Up', 'shipped_picked_up', 'shipped_picked_up'
    union all select 'Shipped – Picked Up', 'shipped_picked_up', 'shipped_picked_up'
    union all select '手机', '手机', '手机'
    union all select '已发货，待收货', '已发货,待收货', '已发货,待收货'
    union all select '（锁定）等待出库', '(锁定)等待出库', '(锁定)等待出库'
    union all select 'WC-On-Hold', 'wc_on_hold', 'on_hold'
    union all select 'wc-wc-failed', 'wc_wc_failed', 'wc_failed'
    union all select 'wcfailed', 'wcfailed', 'wcfailed'
    union all select 'not-wc-failed', 'not_wc_failed', 'not_wc_failed'
    union all select cast(null as {{ dbt.type_string() }}), null, null

),

keyed as (

    select
        cases.*,
        {{ word_key('given') }} as actual,
        {{ word_key('given', 'order_status_mapping') }} as actual_status

    from cases

)

select * from keyed where actual is distinct from expected or actual_status is distinct from expected_status
