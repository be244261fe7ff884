with as_of as (

    select * from {{ ref('int_as_of') }}

),

customers as (

    select
        stg_customers.*,
        case when stg_customers.birth_date <= as_of.as_of_date then stg_customers.birth_date end as known_birth_date,
        as_of.as_of_date,
        as_of.as_of_end_at

    from {{ ref('stg_shop__customers') }} as stg_customers
    cross join as_of

    where stg_customers.registered_at is null or stg_customers.registered_at < as_of.as_of_end_at

),

identity_map as (

    select identity_map.*
    from {{ ref('stg_shop__identity_map') }} as identity_map
    cross join as_of
    where identity_map.valid_from < as_of.as_of_end_at and identity_map.valid_to >= as_of.as_of_end_at

),

resolved as (

    select
        customers.*,
        coalesce(identity_map.customer_id, customers.customer_id) as person_id

    from customers
    left join identity_map on customers.customer_id = identity_map.identifier

),

ranked as (

    select
        resolved.*,
        -- of several accounts of a person, the one with the person id provides the attributes
        row_number() over (
            partition by person_id
            order by
                case when customer_id = person_id then 0 else 1 end,
                registered_at nulls last,
                {{ binary_collation('customer_id') }}
        ) as account_rank,
        -- completed years: dates are compared as numbers yyyymmdd
        cast(floor((
            extract(year from as_of_date) * 10000 + extract(month from as_of_date) * 100 + extract(day from as_of_date)
            - extract(year from known_birth_date) * 10000 - extract(month from known_birth_date) * 100 - extract(day from known_birth_date)
        ) / 10000.0) as integer) as age

    from resolved

),

final as (

    select
        ranked.person_id as customer_id,
        ranked.registered_at,
        ranked.registered_date,
        ranked.gender,
        case when ranked.age is null then ranked.age_band else bands.age_band end as age_band,
        -- in a year without 29 February, adding months leads to the 28th
        cast({{ dbt.dateadd('month', '12 * (ranked.age + 1)', 'ranked.known_birth_date') }} as date) as next_birthday,
        ranked.region,
        ranked.city,
        ranked.city_tier,
        ranked.occupation,
        ranked.income_band,
        ranked.education,
        ranked.marital_status,
        ranked.member_tier,
        ranked.acquisition_source,
        ranked.acquisition_medium

    from ranked
    left join {{ ref('age_bands') }} as bands
        on
            (ranked.age >= bands.from_age or bands.from_age is null)
            and (ranked.age < bands.to_age or bands.to_age is null)

    where ranked.account_rank = 1

)

select * from final
