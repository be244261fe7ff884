with repeated_keys as (

    {{ repeated_keys('campaigns') }}

),

typed as (

    select
        {{ row_key('campaigns') }} as row_key,
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_word('campaign_name') }} as campaign_name,
        {{ read_word('campaign_type') }} as campaign_type,
        {{ read_timestamp('starts_at') }} as starts_at,
        {{ read_timestamp('ends_at') }} as ends_at,
        {{ read_decimal('cost_amount') }} as cost_amount,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('campaigns') }}

    from {{ ref('input_shop__campaigns') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        case {{ value_errors('campaigns') }} end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash

),

{{ newest_versions('campaigns') }}

select * from final
