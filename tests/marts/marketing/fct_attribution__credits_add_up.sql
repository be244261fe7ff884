-- For every valid order and model, credits add up to 1 and amounts to the order's net sales; no model is missing but markov.
with credited as (

    select
        order_id,
        model,
        sum(credit) as credit,
        sum(attributed_amount) as attributed_amount,
        min(credit) as smallest_credit,
        min(attributed_amount) as smallest_amount

    from {{ ref('fct_attribution') }}

    group by order_id, model

),

expected as (

    select
        orders.order_id,
        orders.net_amount,
        models.code as model

    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('labels') }} as models on models.code_type = 'attribution_model'

    where orders.is_valid

)

select
    expected.*,
    credited.credit,
    credited.attributed_amount

from expected
full outer join credited on expected.order_id = credited.order_id and expected.model = credited.model

where
    case
        when expected.order_id is null then true
        when credited.order_id is null then expected.model <> 'markov'
        else
            credited.credit <> 1 or credited.attributed_amount <> expected.net_amount
            or credited.smallest_credit < 0 or credited.smallest_amount < 0
    end
