with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('reviews') }}

),

typed as (

    select
        {{ read_id('review_id') }} as review_id,
        {{ read_timestamp('created_at') }} as created_at,
        {{ read_person_id('customer_id') }} as customer_id,
        {{ read_id('product_id') }} as product_id,
        {{ read_id('order_id') }} as order_id,
        {{ read_amount('rating') }} as rating,
        {{ read_text('review_text') }} as review_text,
        {{ read_boolean('has_media') }} as has_media,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('reviews') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__reviews') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            when erased_ids.customer_id is not null then 'erased'
            {{ value_faults('reviews') }}
            when not {{ is_possible_time('typed.created_at') }} then 'impossible_time'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key
    left join erased_ids on typed.customer_id = erased_ids.customer_id

),

{{ newest_versions('reviews') }}

select * from final
