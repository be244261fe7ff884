with entries as (

    select
        entries.*,
        cast(date_trunc('month', entries.entered_date) as date) as entered_month,
        cast(date_trunc('week', entries.entered_date) as date) as entered_week

    from {{ ref('fct_funnel_entries') }} as entries

    where entries.is_mature

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

-- the tier at the end of the month before: a tier of today would know how the entry went
tiers as (

    select * from {{ ref('int_customer_rfm') }}
    where is_complete_month

),

final as (

    select
        entries.funnel,
        entries.person_id,
        entries.session_id,
        entries.entered_at,
        entries.entered_month,
        entries.entered_week,
        {% for step in range(1, most_funnel_steps() + 1) -%}
        entries.step_{{ step }}_at,
        {% endfor -%}
        entries.reached_step,
        entries.is_converted,
        entries.channel,
        entries.device,
        entries.source,
        entries.medium,
        case when entries.is_new_customer then 'new' else 'returning' end as customer_type,
        coalesce(customers.city_tier, 'unknown') as city_tier,
        coalesce(tiers.value_tier, 'none') as value_tier,
        dayparts.daypart

    from entries
    left join customers on entries.person_id = customers.customer_id
    left join tiers
        on
            entries.person_id = tiers.customer_id
            and entries.entered_month = cast(tiers.month + interval '1' month as date)
    left join {{ ref('dayparts') }} as dayparts
        on entries.entered_hour >= dayparts.from_hour and entries.entered_hour < dayparts.to_hour

)

select * from final
