with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('customers') }}

),

typed as (

    select
        {{ row_key('customers') }} as row_key,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('registered_at') }} as registered_at,
        {{ read_word('gender') }} as gender,
        {{ read_date('birth_date') }} as birth_date,
        {{ read_word('age_band') }} as age_band,
        {{ read_word('region') }} as region,
        {{ read_word('city') }} as city,
        {{ read_word('city_tier') }} as city_tier,
        {{ read_word('occupation') }} as occupation,
        {{ read_word('income_band') }} as income_band,
        {{ read_word('education') }} as education,
        {{ read_word('marital_status') }} as marital_status,
        {{ read_word('member_tier') }} as member_tier,
        {{ read_word('acquisition_source') }} as acquisition_source,
        {{ read_word('acquisition_medium') }} as acquisition_medium,
        {{ read_email_hash('email', is_known=true) }} as email_hash,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('customers') }}

    from {{ ref('input_shop__customers') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('customers') }}
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('customers', erased='row') }}

select * from final
