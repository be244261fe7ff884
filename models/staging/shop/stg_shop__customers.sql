with source as (

    select * from {{ ref('base_shop__customers') }}

    where rejection_reason is null

),

{{ mapped_values('base_shop__customers', 'acquisition_source', 'traffic_mapping', 'source') }},

{{ mapped_values('base_shop__customers', 'acquisition_medium', 'traffic_mapping', 'medium') }},

renamed as (

    select
        customer_id,
        registered_at,
        {{ shop_date('registered_at') }} as registered_date,
        coalesce(gender, 'unknown') as gender,
        birth_date,
        coalesce(age_band, 'unknown') as age_band,
        coalesce(region, 'unknown') as region,
        coalesce(city, 'unknown') as city,
        coalesce(city_tier, 'unknown') as city_tier,
        coalesce(occupation, 'unknown') as occupation,
        coalesce(income_band, 'unknown') as income_band,
        coalesce(education, 'unknown') as education,
        coalesce(marital_status, 'unknown') as marital_status,
        coalesce(member_tier, 'unknown') as member_tier,
        coalesce(
            case when sources.raw_value is null then acquisition_source else sources.mapped_value end, 'unknown'
        ) as acquisition_source,
        coalesce(
            case when mediums.raw_value is null then acquisition_medium else mediums.mapped_value end,
            case when sources.mapped_value = 'direct' then 'none' end,
            'unknown'
        ) as acquisition_medium,
        email_hash,
        -- an account without a date counts as the oldest
        email_hash is not null and row_number() over (
            partition by email_hash order by registered_at nulls first, {{ binary_collation('customer_id') }}
        ) = 1 as is_email_owner

    from source
    left join acquisition_source_values as sources on source.acquisition_source = sources.raw_value
    left join acquisition_medium_values as mediums on source.acquisition_medium = mediums.raw_value

)

select * from renamed
