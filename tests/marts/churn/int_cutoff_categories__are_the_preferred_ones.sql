-- Guards that the category behind the expected gap on the as-of day is the one that fct_customer_preferences shows.
with preferences as (

    select
        customer_id,
        value

    from {{ ref('fct_customer_preferences') }}

    where kind = 'category' and rank = 1

),

categories as (

    select
        categories.customer_id,
        categories.category

    from {{ ref('int_cutoff_categories') }} as categories
    inner join {{ ref('int_as_of') }} as as_of on categories.cutoff_date = as_of.as_of_date

)

select
    preferences.customer_id,
    preferences.value,
    categories.category

from preferences
full outer join categories on preferences.customer_id = categories.customer_id

where preferences.value is distinct from categories.category
