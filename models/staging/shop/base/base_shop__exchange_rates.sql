with repeated_keys as (

    {{ repeated_keys('exchange_rates') }}

),

typed as (

    select
        {{ row_key('exchange_rates') }} as row_key,
        upper({{ mask_personal(read_text('currency')) }}) as currency,
        {{ read_date('rate_date') }} as rate_date,
        {{ read_decimal('rate_to_reporting', 8) }} as rate_to_reporting,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('exchange_rates') }}

    from {{ ref('input_shop__exchange_rates') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        case
            {{ value_errors('exchange_rates') }}
            when typed.rate_date not between cast('{{ var('earliest_date') }}' as date) and cast('{{ latest_date() }}' as date) then 'impossible_time'
            when typed.rate_to_reporting <= 0 then 'impossible_rate'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash

),

{{ newest_versions('exchange_rates') }}

select * from final
