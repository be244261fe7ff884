with labels as (

    select
        code_type,
        code,
        label_en,
        label_zh

    from {{ ref('labels') }}

),

recommended_actions as (

    select
        'recommended_action' as code_type,
        code,
        action_en as label_en,
        action_zh as label_zh

    from {{ ref('recommended_actions') }}

    where action_for in ('churn_signal', 'churn_status')

),

customer_actions as (

    select
        'customer_action' as code_type,
        action_code as code,
        action_en as label_en,
        action_zh as label_zh

    from {{ ref('customer_actions') }}

),

final as (

    select * from labels

    union all

    select * from recommended_actions

    union all

    select * from customer_actions

)

select * from final
