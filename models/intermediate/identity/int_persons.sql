with keys as (

    select * from {{ ref('int_person_keys') }}

),

buyers as (

    select
        customer_id,
        min(case when is_valid then ordered_at end) as first_ordered_at

    from {{ ref('int_orders') }}

    where customer_id is not null

    group by customer_id

),

final as (

    select
        keys.person_key,
        keys.person_id,
        -- a customer may be called as an anonymous visitor is
        case when keys.person_id not like 'visitor:%' or buyers.customer_id is not null then keys.person_id end as customer_id,
        buyers.first_ordered_at

    from keys
    left join buyers on keys.person_id = buyers.customer_id

)

select * from final
