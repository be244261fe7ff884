with probabilities as (

    select
        customer_id,
        main_driver

    from {{ ref('int_customer_churn_probabilities') }}

),

signals as (

    select
        signals.customer_id,
        max(case when signals.signal_rank = 1 then labels.label_en end) as first_signal_en,
        max(case when signals.signal_rank = 1 then labels.label_zh end) as first_signal_zh,
        max(case when signals.signal_rank = 2 then labels.label_en end) as second_signal_en,
        max(case when signals.signal_rank = 2 then labels.label_zh end) as second_signal_zh

    from {{ ref('int_churn_signals') }} as signals
    inner join {{ ref('int_as_of') }} as as_of on signals.snapshot_date = as_of.as_of_date
    left join {{ ref('labels') }} as labels on labels.code_type = 'churn_signal' and signals.signal = labels.code

    group by signals.customer_id

),

final as (

    select
        probabilities.customer_id,
        probabilities.main_driver,
        drivers.label_en as main_driver_en,
        drivers.label_zh as main_driver_zh,
        nullif(concat_ws('; ', signals.first_signal_en, signals.second_signal_en, drivers.label_en), '') as reasons_en,
        nullif(concat_ws('；', signals.first_signal_zh, signals.second_signal_zh, drivers.label_zh), '') as reasons_zh

    from probabilities
    left join signals on probabilities.customer_id = signals.customer_id
    left join {{ ref('labels') }} as drivers
        on drivers.code_type = 'churn_driver' and probabilities.main_driver = drivers.code

)

select * from final
