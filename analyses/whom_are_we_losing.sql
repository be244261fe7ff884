-- Which customers are churning, why, and how much is at stake?
--
-- Run:  dbt show --select whom_are_we_losing --limit 30    (with --output json for all columns)
--
-- How to read it: one row per churn status and main signal. Start with at_risk: these customers can still be retained, and
-- lifetime_net_amount shows what they have been worth. warned_customers are the high-value ones among them: select them
-- from fct_customer_churn with is_churn_warning, each with its signal and recommended action.
-- A frequent signal points to a cause: overdue to missing reminders, complaints and bad reviews to service, returns to the
-- description or quality of products. Active customers with a single signal show the same causes at an early stage.
-- Churned customers come last: send one win-back offer and stop. A high share of churned customers is normal if people buy
-- once a year: compare var churn_inactive_days with the gaps in rpt_category_cycles before you draw conclusions.
with customers as (

    select
        churn.churn_status,
        statuses.label_en as churn_status_en,
        coalesce(signals.label_en, 'No signal') as main_signal_en,
        actions.label_en as recommended_action_en,
        churn.recency_days,
        churn.is_churn_warning,
        dim_customers.lifetime_net_amount

    from {{ ref('fct_customer_churn') }} as churn
    inner join {{ ref('dim_customers') }} as dim_customers on churn.customer_id = dim_customers.customer_id
    left join {{ ref('dim_labels') }} as statuses
        on statuses.code_type = 'churn_status' and churn.churn_status = statuses.code
    left join {{ ref('dim_labels') }} as signals
        on signals.code_type = 'churn_signal' and churn.main_signal = signals.code
    left join {{ ref('dim_labels') }} as actions
        on actions.code_type = 'recommended_action' and churn.recommended_action = actions.code

),

groups as (

    select
        churn_status,
        churn_status_en,
        main_signal_en,
        recommended_action_en,
        count(*) as customers,
        sum(case when is_churn_warning then 1 else 0 end) as warned_customers,
        sum(lifetime_net_amount) as lifetime_net_amount,
        sum(recency_days) as recency_days

    from customers

    group by churn_status, churn_status_en, main_signal_en, recommended_action_en

),

totals as (

    select
        groups.*,
        sum(groups.customers) over () as all_customers,
        case groups.churn_status when 'at_risk' then 1 when 'active' then 2 else 3 end as sort_order

    from groups

)

select
    churn_status_en as churn_status,
    main_signal_en as main_signal,
    customers,
    {{ safe_divide('customers', 'all_customers') }} as customer_share,
    warned_customers,
    lifetime_net_amount,
    {{ average_amount('recency_days', 'customers') }} as mean_recency_days,
    recommended_action_en as recommended_action

from totals

order by sort_order asc, lifetime_net_amount desc, main_signal asc
