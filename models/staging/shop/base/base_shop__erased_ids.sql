-- a deletion request covers every account and card that was ever linked to the customer
with recursive erased_customers as (

    select {{ read_person_id(trimmed_text('customer_id')) }} as customer_id
    from {{ ref('erased_customers') }}

),

links as (

    select distinct
        {{ read_person_id('customer_id') }} as from_id,
        {{ read_person_id('identifier') }} as to_id,
        0 as is_later

    from {{ ref('input_shop__identity_links') }}

    where identifier is not null and customer_id is not null and lower({{ read_text('identifier_type') }}) <> 'visitor'

),

erased_links as (

    select links.*
    from links
    inner join erased_customers on links.from_id = erased_customers.customer_id

),

{{ reached_ids('erased_links', 'links') }},

final as (

    select customer_id
    from erased_customers

    union

    select to_id as customer_id
    from reached

)

select * from final
