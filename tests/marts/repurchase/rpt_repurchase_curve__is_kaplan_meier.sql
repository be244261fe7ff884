-- Survival falls each day by the share of the number at risk that reorders (Kaplan & Meier 1958), and customers who reorder
-- leave the number at risk.
with days as (

    select
        group_by,
        group_value,
        day,
        customers_at_risk,
        repurchases,
        survival,
        repurchase_probability,
        lag(survival, 1, 1.0) over curve as survival_before,
        lag(customers_at_risk - repurchases) over curve as customers_left

    from {{ ref('rpt_repurchase_curve') }}

    window curve as (partition by group_by, group_value order by day)

)

select * from days

where
    abs(survival * customers_at_risk - survival_before * (customers_at_risk - repurchases)) > 0.000000002 * customers_at_risk
    or (customers_at_risk = 0 and survival <> survival_before)
    or abs(survival + repurchase_probability - 1) > 0.000000001
    or customers_at_risk > customers_left
