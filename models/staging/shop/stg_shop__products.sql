{{ config(materialized='table') }}

with source as (

    select * from {{ ref('base_shop__products') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__products'), 'category', 'category_mapping', 'category') }},

renamed as (

    select
        source.product_id,
        source.product_name,
        coalesce(category_values.mapped_value, source.category, 'unknown') as category,
        coalesce(source.brand, 'unknown') as brand,
        source.list_price,
        source.unit_cost,
        source.launched_on

    from source
    left join category_values on source.category = category_values.raw_value

),

-- equal prices must get equal levels, so a product counts the cheaper ones and those that cost at most as much
ranked as (

    select
        renamed.*,
        count(list_price) over (partition by category) as priced_products,
        rank() over (partition by category order by list_price nulls last) - 1
        + count(list_price) over (partition by category order by list_price nulls last) as price_position

    from renamed

),

final as (

    select
        ranked.product_id,
        ranked.product_name,
        ranked.category,
        ranked.brand,
        ranked.list_price,
        case
            when
                ranked.list_price is null or ranked.category = 'unknown'
                or ranked.priced_products < thresholds.price_level_products then 'unknown'
            when 3 * ranked.price_position < 2 * ranked.priced_products then 'entry'
            when 3 * ranked.price_position < 4 * ranked.priced_products then 'middle'
            else 'premium'
        end as price_level,
        ranked.unit_cost,
        ranked.launched_on

    from ranked
    cross join {{ ref('product_thresholds') }} as thresholds

)

select * from final
