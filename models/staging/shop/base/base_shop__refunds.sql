with typed as (

    select * from {{ ref('base_shop__refunds_typed') }}

),

matches as (

    select * from {{ ref('base_shop__refund_matches') }}

),

orders as (

    select order_id from {{ ref('stg_shop__orders') }}

),

erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('refunds') }}

),

matched as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        erased_ids.customer_id is not null as is_erased,
        coalesce(typed.order_id, matches.order_id) as matched_order_id

    from typed
    left join matches
        on
            typed.customer_id = matches.customer_id
            and typed.refunded_at = matches.refunded_at
            and typed.product_id is not distinct from matches.product_id
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

checked as (

    select
        matched.*,
        case
            {{ value_faults('refunds', 'matched') }}
            when not {{ is_possible_time('matched.refunded_at') }} then 'impossible_time'
            when matched.refund_amount < 0 then 'negative_amount'
            when orders.order_id is null then 'unknown_order'
        end as fault

    from matched
    left join orders on matched.matched_order_id = orders.order_id

),

{{ newest_versions('refunds', extra_columns=['matched_order_id', 'is_erased'], is_hidden='is_erased', hidden_columns=['customer_id']) }}

select * from final
