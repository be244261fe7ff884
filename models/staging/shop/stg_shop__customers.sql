with source as (

    select * from {{ ref('base_shop__customers') }}

    where rejection_reason is null

),

{{ mapped_values(ref('base_shop__customers'), 'acquisition_source', 'traffic_mapping', 'source') }},

{{ mapped_values(ref('base_shop__customers'), 'acquisition_medium', 'traffic_mapping', 'medium') }},

renamed as (

    select
        source.customer_id,
        source.registered_at,
        {{ shop_date('source.registered_at') }} as registered_date,
        coalesce(source.gender, 'unknown') as gender,
        source.birth_date,
        coalesce(source.age_band, 'unknown') as age_band,
        coalesce(source.region, 'unknown') as region,
        coalesce(source.city, 'unknown') as city,
        coalesce(source.city_tier, 'unknown') as city_tier,
        coalesce(source.occupation, 'unknown') as occupation,
        coalesce(source.income_band, 'unknown') as income_band,
        coalesce(source.education, 'unknown') as education,
        coalesce(source.marital_status, 'unknown') as marital_status,
        coalesce(source.member_tier, 'unknown') as member_tier,
        coalesce(
            case when sources.is_mapped then sources.mapped_value else source.acquisition_source end, 'unknown'
        ) as acquisition_source,
        coalesce(
            case when mediums.is_mapped then mediums.mapped_value else source.acquisition_medium end, 'unknown'
        ) as acquisition_medium,
        source.email_hash,
        -- an account without a date counts as the oldest
        source.email_hash is not null and row_number() over (
            partition by source.email_hash order by source.registered_at nulls first, {{ binary_collation('source.customer_id') }}
        ) = 1 as is_email_owner

    from source
    left join acquisition_source_values as sources on source.acquisition_source = sources.raw_value
    left join acquisition_medium_values as mediums on source.acquisition_medium = mediums.raw_value

)

select * from renamed
