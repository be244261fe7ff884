with erased_ids as (

    select * from {{ ref('base_shop__erased_ids') }}

),

repeated_keys as (

    {{ repeated_keys('nps_responses') }}

),

typed as (

    select
        {{ row_key('nps_responses') }} as row_key,
        {{ read_person_id('response_id') }} as response_id,
        {{ read_timestamp('responded_at') }} as responded_at,
        {{ read_integer('score') }} as score,
        {{ read_person_id('customer_id', is_known=true) }} as customer_id,
        {{ read_timestamp('loaded_at') }} as loaded_at,

        {{ raw_columns('nps_responses') }}

    from {{ ref('input_shop__nps_responses') }}

),

checked as (

    select
        typed.*,
        repeated_keys.key_hash is not null as is_repeated,
        erased_ids.id_hash is not null as is_erased,
        case
            when erased_ids.id_hash is not null then 'erased'
            {{ value_errors('nps_responses') }}
            when typed.score not between 0 and 10 then 'unreadable_score'
            when not {{ is_possible_time('typed.responded_at') }} then 'impossible_time'
        end as validation_error

    from typed
    left join repeated_keys on {{ key_hash('typed.row_key') }} = repeated_keys.key_hash
    left join erased_ids on md5(typed.customer_id) = erased_ids.id_hash

),

{{ newest_versions('nps_responses', erased='row') }}

select * from final
