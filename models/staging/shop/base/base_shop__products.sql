with repeated_keys as (

    {{ repeated_keys('products') }}

),

typed as (

    select
        {{ read_id('product_id') }} as product_id,
        {{ read_text('product_name') }} as product_name,
        {{ read_word('category') }} as category,
        {{ read_word('brand') }} as brand,
        {{ read_amount('list_price') }} as list_price,
        {{ read_amount('unit_cost') }} as unit_cost,
        {{ read_date('launched_on') }} as launched_on,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('products') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__products') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            {{ value_faults('products') }}
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key

),

{{ newest_versions('products') }}

select * from final
