-- Each behaviour covers the same customers, those of the landmark. Rates and difference match their numerators and denominators,
-- and the difference is within its bounds.
with customers as (

    select
        count(*) as customers,
        coalesce(sum(case when has_come_back then 1 else 0 end), 0) as repeat_customers

    from {{ ref('int_landmark_behaviours') }}

    where behaviour = 'all'

)

select
    effects.behaviour,
    effects.customers_with,
    effects.repeat_customers_with,
    effects.customers_without,
    effects.repeat_customers_without,
    effects.difference,
    effects.difference_lower,
    effects.difference_upper

from {{ ref('rpt_engagement_effects') }} as effects
cross join customers

where
    effects.customers_with + effects.customers_without <> customers.customers
    or effects.repeat_customers_with + effects.repeat_customers_without <> customers.repeat_customers
    or effects.repeat_customers_with > effects.customers_with
    or effects.repeat_customers_without > effects.customers_without
    or (effects.repurchase_rate_with is null) <> (effects.customers_with = 0)
    or abs(effects.repurchase_rate_with - 1.0 * effects.repeat_customers_with / nullif(effects.customers_with, 0)) > 0.000001
    or (effects.repurchase_rate_without is null) <> (effects.customers_without = 0)
    or abs(
        effects.repurchase_rate_without - 1.0 * effects.repeat_customers_without / nullif(effects.customers_without, 0)
    ) > 0.000001
    or (effects.difference is null) <> (effects.customers_with = 0 or effects.customers_without = 0)
    or abs(effects.difference - (effects.repurchase_rate_with - effects.repurchase_rate_without)) > 0.0000021
    or not coalesce(effects.difference between effects.difference_lower and effects.difference_upper, effects.difference is null)
    or not coalesce(effects.difference_lower >= -1 and effects.difference_upper <= 1, true)
