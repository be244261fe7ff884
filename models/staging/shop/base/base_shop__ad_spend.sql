with repeated_keys as (

    {{ repeated_keys('ad_spend') }}

),

typed as (

    select
        {{ row_key('ad_spend') }} as row_key,
        {{ read_date('spend_date') }} as spend_date,
        {{ mask_personal(read_text('source')) }} as source,
        {{ read_decimal('cost_amount') }} as cost_amount,
        {{ read_word('medium') }} as medium,
        {{ read_word('campaign') }} as campaign,
        {{ read_integer('impressions') }} as impressions,
        {{ read_integer('clicks') }} as clicks,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('ad_spend') }}

    from {{ ref('input_shop__ad_spend') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        case
            {{ value_errors('ad_spend') }}
            when typed.spend_date not between cast('{{ var('earliest_date') }}' as date) and cast('{{ latest_date() }}' as date) then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash

),

{{ newest_versions('ad_spend') }}

select * from final
