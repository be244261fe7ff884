with repeated_keys as (

    {{ repeated_keys('campaigns') }}

),

typed as (

    select
        {{ read_id('campaign_id') }} as campaign_id,
        {{ read_word('campaign_name') }} as campaign_name,
        {{ read_word('campaign_type') }} as campaign_type,
        {{ read_possible_time('starts_at') }} as starts_at,
        {{ read_possible_time('ends_at') }} as ends_at,
        {{ read_amount('cost_amount') }} as cost_amount,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('campaigns') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__campaigns') }} as raw_rows

),

checked as (

    select
        typed.*,
        repeated_keys.row_key is not null as is_repeated,
        case
            {{ value_faults('campaigns') }}
        end as fault

    from typed
    left join repeated_keys on typed.row_key = repeated_keys.row_key

),

{{ newest_versions('campaigns') }}

select * from final
