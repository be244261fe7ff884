with as_of as (

    select * from {{ ref('int_as_of') }}

),

aliases as (

    select * from {{ ref('stg_shop__customer_aliases') }}

),

final as (

    select
        stg_reviews.review_id,
        stg_reviews.rating,
        stg_reviews.has_media,
        coalesce(aliases.customer_id, stg_reviews.customer_id) as customer_id,
        stg_reviews.created_at,
        stg_reviews.created_date

    from {{ ref('stg_shop__reviews') }} as stg_reviews
    cross join as_of
    left join aliases
        on {{ link_applies('stg_reviews.customer_id', 'stg_reviews.created_at') }}

    where {{ is_up_to_as_of('stg_reviews.created_at') }}

)

select * from final
