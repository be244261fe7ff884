-- Every customer due for an action is on its list once, lists are numbered without gaps, and the most valuable
-- customers come first.
with lists as (

    select
        action_code,
        count(*) as customers,
        count(distinct customer_id) as different_customers,
        max(priority) as last_priority

    from {{ ref('fct_action_list') }}

    group by action_code

),

silent as (

    select customer_id from {{ ref('fct_action_list') }}
    where action_code = 'wake_prospect'

),

due as (

    select
        'keep_high_value' as action_code,
        sum(case when is_churn_warning then 1 else 0 end) as customers
    from {{ ref('fct_customer_churn') }}

    union all

    select
        'win_back' as action_code,
        sum(case when is_churned then 1 else 0 end) as customers
    from {{ ref('fct_customer_churn') }}

    union all

    select
        'recover_cart' as action_code,
        sum(case when has_cart_left then 1 else 0 end) as customers
    from {{ ref('fct_customer_churn') }}

    union all

    select
        'remind_to_reorder' as action_code,
        sum(case when is_at_risk and not is_churn_warning then 1 else 0 end) as customers
    from {{ ref('fct_customer_churn') }}

    union all

    select
        'vip_care' as action_code,
        sum(case when is_high_value and churn_status = 'active' then 1 else 0 end) as customers
    from {{ ref('fct_customer_churn') }}

    union all

    select
        'second_order' as action_code,
        sum(case when lifecycle_stage = 'new' and lifetime_orders = 1 then 1 else 0 end) as customers
    from {{ ref('dim_customers') }}

    union all

    select
        'third_order_gift' as action_code,
        sum(case when lifetime_orders = 2 and lifecycle_stage <> 'churned' then 1 else 0 end) as customers
    from {{ ref('dim_customers') }}

    union all

    -- together all registered customers without an order
    select
        'first_purchase' as action_code,
        sum(case when customers.is_registered and customers.lifetime_orders = 0 then 1 else 0 end) - count(silent.customer_id) as customers
    from {{ ref('dim_customers') }} as customers
    left join silent on customers.customer_id = silent.customer_id

),

ranked as (

    select
        action_code,
        priority,
        expected_value,
        lag(expected_value) over (partition by action_code order by priority) as value_before

    from {{ ref('fct_action_list') }}

)

select
    due.action_code,
    due.customers as expected,
    lists.customers as found

from due
left join lists on due.action_code = lists.action_code

where
    coalesce(due.customers, 0) <> coalesce(lists.customers, 0)
    or lists.customers <> lists.different_customers
    or lists.customers <> lists.last_priority

union all

select
    action_code,
    priority as expected,
    priority as found

from ranked

where expected_value > value_before or (expected_value is not null and value_before is null and priority > 1)
