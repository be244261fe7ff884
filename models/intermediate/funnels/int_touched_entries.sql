with as_of as (

    select * from {{ ref('int_as_of') }}

),

persons as (

    select
        person_key,
        person_id

    from {{ ref('int_persons') }}

),

matured as (

    select distinct entries.person_id
    from {{ kept_rows('fct_funnel_entries', {'person_id': dbt.type_string(), 'matures_at': 'timestamp'}) }} as entries
    cross join as_of
    -- an entry is mature at the very end of the day, too
    where {{ crossed_as_of("entries.matures_at - interval '1 microsecond'") }}

),

final as (

    select
        person_key,
        person_id

    from {{ ref('int_touched_visits') }}

    union

    -- an entry of theirs became mature, or is not yet as of an earlier day
    select
        persons.person_key,
        persons.person_id

    from persons
    inner join matured on persons.person_id = matured.person_id

)

select * from final
