with attributed as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        source,
        medium,
        model,
        sum(credit) as orders,
        sum(case when is_first_order then credit else 0 end) as first_orders,
        sum(attributed_amount) as attributed_amount

    from {{ ref('fct_attribution') }}

    group by cast(date_trunc('month', order_date) as date), source, medium, model

),

-- the touches are the same in all models
influenced as (

    select
        cast(date_trunc('month', order_date) as date) as month,
        source,
        medium,
        count(distinct order_id) as influenced_orders

    from {{ ref('fct_attribution') }}

    where model = 'linear'

    group by cast(date_trunc('month', order_date) as date), source, medium

),

compared as (

    select
        attributed.*,
        row_number() over (
            partition by month, model
            order by attributed_amount desc, orders desc, {{ binary_collation('source') }}, {{ binary_collation('medium') }}
        ) as amount_rank,
        sum(attributed_amount) over (partition by month, model) as month_amount,
        min(attributed_amount) over (partition by month, source, medium) as lowest_amount,
        max(attributed_amount) over (partition by month, source, medium) as highest_amount

    from attributed

),

final as (

    select
        compared.month,
        compared.source,
        compared.medium,
        compared.model,
        labels.label_en as model_en,
        labels.label_zh as model_zh,
        cast(compared.orders as numeric(18, 6)) as orders,
        cast(compared.first_orders as numeric(18, 6)) as first_orders,
        cast(compared.attributed_amount as numeric(18, 2)) as attributed_amount,
        cast(compared.month_amount as numeric(18, 2)) as month_amount,
        {{ safe_divide('compared.attributed_amount', 'compared.month_amount') }} as amount_share,
        cast(compared.amount_rank as integer) as rank,
        cast(influenced.influenced_orders as bigint) as influenced_orders,
        cast(compared.lowest_amount as numeric(18, 2)) as lowest_amount,
        cast(compared.highest_amount as numeric(18, 2)) as highest_amount

    from compared
    inner join influenced
        on compared.month = influenced.month and compared.source = influenced.source and compared.medium = influenced.medium
    inner join {{ ref('labels') }} as labels on labels.code_type = 'attribution_model' and compared.model = labels.code

)

select * from final
