with repeated_keys as (

    {{ repeated_keys('exchange_rates') }}

),

typed as (

    select
        upper({{ read_text('currency') }}) as currency,
        {{ read_date('rate_date') }} as rate_date,
        {{ read_decimal('rate_to_reporting', 8) }} as rate_to_reporting,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('exchange_rates') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__exchange_rates') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            {{ value_faults('exchange_rates') }}
            when not {{ is_possible_date('typed.rate_date') }} then 'impossible_time'
            when typed.rate_to_reporting <= 0 then 'impossible_rate'
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key

),

{{ newest_versions('exchange_rates') }}

select * from final
