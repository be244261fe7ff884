-- an erased customer is erased under every account and card that was ever linked to it
with recursive links as (

    select distinct
        identifier,
        customer_id

    from {{ ref('base_shop__identity_links_typed') }}

    where identifier is not null and customer_id is not null and identifier_type <> 'visitor'

),

final as (

    select cast(customer_id as {{ dbt.type_string() }}) as customer_id
    from {{ ref('erased_customers') }}

    union

    select links.identifier as customer_id
    from final
    inner join links on final.customer_id = links.customer_id

)

select * from final
