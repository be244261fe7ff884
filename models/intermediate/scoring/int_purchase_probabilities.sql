with bg_nbd as (

    {{ snapshot_parameters('bg_nbd', ['r', 'alpha', 'a', 'b']) }}

),

mbg_nbd as (

    {{ snapshot_parameters('mbg_nbd', ['r', 'alpha', 'a', 'b']) }}

),

-- Fader, Hardie & Lee (2005); for customers with one order day the model cannot detect drop-out: P(alive) is 1
alive_probabilities as (

    select
        histories.snapshot_date,
        histories.customer_id,
        bg_nbd.r + histories.repeat_days as shape,
        bg_nbd.alpha + histories.observed_days / 7e0 as exposure,
        case
            when histories.repeat_days = 0 then 1e0
            else 1 / (1 + bg_nbd.a / (bg_nbd.b + histories.repeat_days - 1) * {{ power_of(
                '(bg_nbd.alpha + histories.observed_days / 7e0) / (bg_nbd.alpha + histories.active_days / 7e0)',
                'bg_nbd.r + histories.repeat_days'
            ) }})
        end as probability_alive,
        -- Batislam, Denizel & Filiztekin (2007): drop-out is possible after the first order too
        case when mbg_nbd.is_identified then 1 - 1 / (1 + mbg_nbd.a / (mbg_nbd.b + histories.repeat_days) * {{ power_of(
            '(mbg_nbd.alpha + histories.observed_days / 7e0) / (mbg_nbd.alpha + histories.active_days / 7e0)',
            'mbg_nbd.r + histories.repeat_days'
        ) }}) end as gone_probability

    from {{ ref('int_order_features') }} as histories
    inner join bg_nbd on histories.snapshot_date = bg_nbd.snapshot_date
    left join mbg_nbd on histories.snapshot_date = mbg_nbd.snapshot_date

),

final as (

    select
        snapshot_date,
        customer_id,
        probability_alive,
        gone_probability,
        cast(
            probability_alive * (1 - {{ power_of(
                'exposure / (exposure + ' ~ var("churn_horizon_days") ~ ' / 7e0)', 'shape'
            ) }}) as numeric(18, 6)
        ) as purchase_probability

    from alive_probabilities

)

select * from final
