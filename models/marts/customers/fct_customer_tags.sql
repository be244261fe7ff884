with tags as (

    select
        customer_tags.*,
        count(*) over (partition by tag, rule_number) as conditions

    from {{ ref('customer_tags') }} as customer_tags

),

-- rules whose conditions are all met
matched as (

    select
        traits.customer_id,
        tags.tag,
        tags.rule_number

    from {{ ref('fct_customer_traits') }} as traits
    inner join tags on traits.trait = tags.trait and traits.value = tags.value

    group by traits.customer_id, tags.tag, tags.rule_number, tags.conditions

    having count(*) = tags.conditions

),

final as (

    select distinct
        customer_id,
        tag

    from matched

)

select * from final
