{{ config(materialized='view') }}

with typed as (

    select
        lower({{ read_text('identifier_type') }}) as identifier_type,
        {{ read_person_id('identifier') }} as identifier,
        {{ read_person_id('customer_id') }} as customer_id,
        {{ read_possible_time('linked_at') }} as linked_at,
        {{ read_possible_time('loaded_at') }} as loaded_at,

        {{ row_key('identity_links') }} as row_key,
        {{ whole_row('raw_rows') }} as raw_content

    from {{ ref('input_shop__identity_links') }} as raw_rows

)

select * from typed
