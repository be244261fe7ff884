{%- set traits_of_dim_customers = [
    'persona', 'region', 'city_tier', 'age_band', 'gender', 'occupation', 'income_band', 'education', 'marital_status',
    'member_tier', 'acquisition_source', 'price_sensitivity',
] -%}
{%- set traits_of_rfm = ['value_tier', 'lifecycle_segment', 'behaviour_segment', 'rfm_8', 'rfm_11'] -%}

with rfm as (

    select * from {{ ref('fct_customer_rfm') }}

),

-- equal net sales are in the same band
value_ranks as (

    select
        customer_id,
        rank() over (order by lifetime_net_amount desc) - 1 as better_customers,
        count(*) over () as customers

    from {{ ref('dim_customers') }}

    where lifetime_orders > 0

),

preferences as (

    select * from {{ ref('fct_customer_preferences') }}

    where rank = 1 and kind in ('category', 'brand', 'price_level', 'channel', 'payment_method', 'price_band', 'daypart', 'weekday')

),

devices as (

    select
        customer_id,
        device,
        row_number() over (
            partition by customer_id order by count(*) desc, max(started_at) desc, {{ binary_collation('device') }}
        ) as device_rank

    from {{ ref('fct_sessions') }}

    where customer_id is not null and device <> 'unknown'

    group by customer_id, device

),

units_bought as (

    select
        customer_id,
        sum(units) as units,
        sum(order_lines) as order_lines

    from {{ ref('int_purchases') }}

    group by customer_id

),

traits as (

    {% for trait in traits_of_dim_customers -%}
    select
        customer_id,
        '{{ trait }}' as trait,
        {{ trait }} as value

    from {{ ref('dim_customers') }}

    union all

    {% endfor -%}

    {% for trait in traits_of_rfm -%}
    select
        customer_id,
        '{{ trait }}' as trait,
        {{ trait }} as value

    from rfm

    union all

    {% endfor -%}

    select
        rfm.customer_id,
        'recency_band' as trait,
        cast(cast(bands.lower_bound as integer) as {{ dbt.type_string() }})
        || coalesce('-' || cast(cast(bands.upper_bound as integer) as {{ dbt.type_string() }}), '+') as value

    from rfm
    inner join {{ ref('rfm_bands') }} as bands
        on
            bands.measure = 'recency_days'
            and rfm.recency_days >= bands.lower_bound
            and rfm.recency_days <= coalesce(bands.upper_bound, rfm.recency_days)

    union all

    select
        customer_id,
        case when kind = 'price_band' then 'order_band' else kind end as trait,
        value

    from preferences

    union all

    select
        customer_id,
        'device' as trait,
        device as value

    from devices

    where device_rank = 1

    union all

    select
        ranks.customer_id,
        'lifetime_value_band' as trait,
        case
            when ranks.better_customers < high.value * ranks.customers then 'high'
            when ranks.better_customers < mid.value * ranks.customers then 'mid'
            else 'low'
        end as value

    from value_ranks as ranks
    inner join {{ ref('customer_thresholds') }} as high on high.threshold = 'high_value_share'
    inner join {{ ref('customer_thresholds') }} as mid on mid.threshold = 'mid_value_share'

    union all

    select
        customers.customer_id,
        'discount_band' as trait,
        bands.discount_band as value

    from {{ ref('dim_customers') }} as customers
    inner join {{ ref('discount_bands') }} as bands
        on
            (customers.discount_rate > bands.lower_bound or bands.lower_bound is null)
            and (customers.discount_rate <= bands.upper_bound or bands.upper_bound is null)

    union all

    -- gaps are regular from three on
    select
        features.customer_id,
        'buying_rhythm' as trait,
        case
            when units_bought.units >= stock_up.value * units_bought.order_lines then 'stock_up'
            when features.repeat_days >= 3 and features.gap_variation <= regular.value then 'replenishment'
            else 'unknown'
        end as value

    from {{ ref('int_order_features') }} as features
    inner join units_bought on features.customer_id = units_bought.customer_id
    inner join {{ ref('customer_thresholds') }} as stock_up on stock_up.threshold = 'stock_up_units'
    inner join {{ ref('customer_thresholds') }} as regular on regular.threshold = 'replenishment_variation'

    where features.is_as_of and features.repeat_days >= 1 and units_bought.order_lines > 0

),

final as (

    select
        traits.customer_id,
        traits.trait,
        traits.value

    from traits
    inner join rfm on traits.customer_id = rfm.customer_id

    where traits.value <> 'unknown'

)

select * from final
