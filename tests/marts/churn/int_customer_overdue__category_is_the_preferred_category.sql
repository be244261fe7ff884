-- The category behind the expected gap on as_of_date is the one in fct_customer_preferences.
with preferences as (

    select
        customer_id,
        value

    from {{ ref('fct_customer_preferences') }}

    where kind = 'category' and rank = 1

),

overdue as (

    select
        overdue.customer_id,
        overdue.category

    from {{ ref('int_customer_overdue') }} as overdue
    inner join {{ ref('int_as_of') }} as as_of on overdue.snapshot_date = as_of.as_of_date

)

select
    preferences.customer_id,
    preferences.value,
    overdue.category

from overdue
full outer join preferences on overdue.customer_id = preferences.customer_id

where preferences.value is distinct from overdue.category
