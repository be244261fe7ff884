with as_of as (

    select * from {{ ref('int_as_of') }}

),

customers as (

    select
        stg_customers.*,
        as_of.as_of_date,
        as_of.as_of_end_at

    from {{ ref('stg_shop__customers') }} as stg_customers
    cross join as_of

    where stg_customers.registered_at is null or stg_customers.registered_at < as_of.as_of_end_at

),

aliases as (

    select aliases.*
    from {{ ref('stg_shop__customer_aliases') }} as aliases
    cross join as_of
    where aliases.valid_from < as_of.as_of_end_at and aliases.valid_to >= as_of.as_of_end_at

),

resolved as (

    select
        customers.*,
        coalesce(aliases.customer_id, customers.customer_id) as person_id

    from customers
    left join aliases on customers.customer_id = aliases.identifier

),

ranked as (

    select
        resolved.*,
        -- among several accounts of a person the one that carries its id describes it
        row_number() over (
            partition by person_id
            order by
                case when customer_id = person_id then 0 else 1 end,
                registered_at nulls last,
                {{ byte_order('customer_id') }}
        ) as account_rank,
        {{ full_years('birth_date', 'as_of_date') }} as age

    from resolved

),

final as (

    select
        person_id as customer_id,
        registered_at,
        registered_date,
        gender,
        case
            when age is null then age_band
            when age < 18 then 'under 18'
            when age < 25 then '18-24'
            when age < 35 then '25-34'
            when age < 45 then '35-44'
            when age < 55 then '45-54'
            else '55+'
        end as age_band,
        region,
        city,
        city_tier,
        occupation,
        income_band,
        education,
        marital_status,
        member_tier,
        acquisition_source,
        acquisition_medium

    from ranked

    where account_rank = 1

)

select * from final
