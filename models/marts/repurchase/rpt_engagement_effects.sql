with counted as (

    select
        behaviour,
        count(*) as customers,
        sum(case when has_come_back then 1 else 0 end) as repeat_customers

    from {{ ref('int_landmark_behaviours') }}

    group by behaviour

),

totals as (

    select
        coalesce(sum(customers), 0) as customers,
        coalesce(sum(repeat_customers), 0) as repeat_customers

    from counted

    where behaviour = 'all'

),

engaged as (

    select
        labels.code as behaviour,
        labels.label_en as behaviour_en,
        labels.label_zh as behaviour_zh,
        coalesce(counted.customers, 0) as customers,
        coalesce(counted.repeat_customers, 0) as repeat_customers

    from {{ ref('labels') }} as labels
    left join counted on labels.code = counted.behaviour

    where labels.code_type = 'behaviour'

),

-- a behaviour of no customer or of every customer has no comparison group
compared as (

    select
        engaged.behaviour,
        engaged.behaviour_en,
        engaged.behaviour_zh,
        engaged.customers as customers_with,
        engaged.repeat_customers as repeat_customers_with,
        totals.customers - engaged.customers as customers_without,
        totals.repeat_customers - engaged.repeat_customers as repeat_customers_without,
        cast(engaged.repeat_customers as {{ type_double() }}) / nullif(engaged.customers, 0) as rate_with,
        cast(totals.repeat_customers - engaged.repeat_customers as {{ type_double() }})
        / nullif(totals.customers - engaged.customers, 0) as rate_without

    from engaged
    cross join totals

),

-- bounds of the 95% Wilson interval
bounds as (

    select
        {% for group in ['with', 'without'] -%}
        {% for bound, sign in {'lower': '-', 'upper': '+'}.items() -%}
        {{ wilson_bound('repeat_customers_' ~ group, 'customers_' ~ group, sign) }} as {{ bound }}_{{ group }},
        {% endfor -%}
        {% endfor -%}
        compared.*

    from compared

),

-- Newcombe (1998), method 10
intervals as (

    select
        bounds.*,
        rate_with - rate_without as difference,
        rate_with - rate_without
        - sqrt(power(rate_with - lower_with, 2) + power(upper_without - rate_without, 2)) as difference_lower,
        rate_with - rate_without
        + sqrt(power(upper_with - rate_with, 2) + power(rate_without - lower_without, 2)) as difference_upper

    from bounds

),

final as (

    select
        intervals.behaviour,
        intervals.behaviour_en,
        intervals.behaviour_zh,
        cast(intervals.customers_with as integer) as customers_with,
        cast(intervals.repeat_customers_with as integer) as repeat_customers_with,
        cast(intervals.rate_with as numeric(18, 6)) as repurchase_rate_with,
        cast(intervals.customers_without as integer) as customers_without,
        cast(intervals.repeat_customers_without as integer) as repeat_customers_without,
        cast(intervals.rate_without as numeric(18, 6)) as repurchase_rate_without,
        cast(intervals.difference as numeric(18, 6)) as difference,
        cast(intervals.difference_lower as numeric(18, 6)) as difference_lower,
        cast(intervals.difference_upper as numeric(18, 6)) as difference_upper,
        notes.label_en as note_en,
        notes.label_zh as note_zh

    from intervals
    left join {{ ref('labels') }} as notes on notes.code_type = 'note' and notes.code = 'association'

)

select * from final
