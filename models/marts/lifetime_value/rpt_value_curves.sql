{%- set dimensions = ['channel', 'acquisition_source', 'first_category', 'first_order_discounted', 'first_price_level', 'city_tier'] -%}

with orders as (

    select
        cohorts.cohort_month,
        {% for dimension in dimensions -%}
        cohorts.{{ dimension }},
        {% endfor -%}
        ceil({{ dbt.datediff('cohorts.first_order_date', 'orders.order_date', 'day') }} / 30.0) as period_number,
        orders.margin_amount,
        case when orders.margin_amount is not null then orders.net_amount end as costed_net_amount

    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('int_customer_cohorts') }} as cohorts on orders.customer_id = cohorts.customer_id

    where orders.is_valid

),

margins as (

    select
        cohort_month,
        period_number,
        {{ dimension_columns(dimensions) }},
        sum(margin_amount) as margin_amount,
        sum(costed_net_amount) as costed_net_amount

    from orders

    group by {{ dimension_groups('cohort_month, period_number', dimensions) }} -- noqa: PRS

),

cohorts as (

    select
        retention.cohort_month,
        retention.cohort_dimension,
        retention.cohort_value,
        retention.pooled_values,
        retention.period_number,
        retention.is_mature,
        -- for the whole curve, unlike is_in_totals of a single period: otherwise it would jump where only truncated cohorts are old enough
        not retention.is_left_truncated
        or not bool_or(retention.is_mature and not retention.is_left_truncated) over () as is_in_curves,
        retention.cohort_customers,
        retention.cumulative_net_amount,
        sum(margins.margin_amount) over up_to_period as margin_amount,
        sum(margins.costed_net_amount) over up_to_period as costed_net_amount

    from {{ ref('rpt_cohort_retention') }} as retention
    left join margins
        on
            retention.cohort_month = margins.cohort_month
            and retention.cohort_dimension = margins.dimension
            and retention.cohort_value = margins.dimension_value
            and retention.period_number = margins.period_number

    where retention.retention_kind = 'rolling_30d'

    window up_to_period as (
        partition by retention.cohort_month, retention.cohort_dimension, retention.cohort_value order by retention.period_number
    )

),

curves as (

    select
        'cohort_month' as dimension,
        cast(cohort_month as {{ dbt.type_string() }}) as dimension_value,
        cast(null as integer) as pooled_values,
        period_number,
        is_mature,
        cohort_customers as customers,
        cumulative_net_amount as net_amount,
        margin_amount,
        costed_net_amount

    from cohorts

    where cohort_dimension = 'all'

    union all

    select
        cohort_dimension as dimension,
        cohort_value as dimension_value,
        max(pooled_values) as pooled_values,
        period_number,
        true as is_mature,
        sum(cohort_customers) as customers,
        sum(cumulative_net_amount) as net_amount,
        sum(margin_amount) as margin_amount,
        sum(costed_net_amount) as costed_net_amount

    from cohorts

    where is_mature and is_in_curves

    group by cohort_dimension, cohort_value, period_number

),

final as (

    select
        curves.dimension,
        dimension_labels.label_en as dimension_en,
        dimension_labels.label_zh as dimension_zh,
        curves.dimension_value,
        coalesce(value_labels.label_en, curves.dimension_value) as dimension_value_en,
        coalesce(value_labels.label_zh, curves.dimension_value) as dimension_value_zh,
        curves.pooled_values,
        cast(30 * curves.period_number as integer) as days,
        curves.is_mature,
        cast(curves.customers as bigint) as customers,
        {% for measure in ['net_amount', 'margin_amount', 'costed_net_amount'] -%}
        case when curves.is_mature then cast(curves.{{ measure }} as numeric(18, 2)) end as {{ measure }},
        {% endfor -%}
        case when curves.is_mature then {{ average_amount('curves.net_amount', 'curves.customers') }} end as net_amount_per_customer,
        -- average_amount takes no negative amounts
        case
            when curves.is_mature and curves.margin_amount < 0 then -({{ average_amount('-curves.margin_amount', 'curves.customers') }})
            when curves.is_mature then {{ average_amount('curves.margin_amount', 'curves.customers') }}
        end as margin_amount_per_customer

    from curves
    left join {{ ref('labels') }} as dimension_labels
        on dimension_labels.code_type = 'dimension' and curves.dimension = dimension_labels.code
    left join {{ ref('labels') }} as value_labels
        on
            case
                when curves.pooled_values is not null then 'pool'
                when curves.dimension = 'first_category' then 'category'
                when curves.dimension = 'first_price_level' then 'price_level'
                else curves.dimension
            end = value_labels.code_type
            and curves.dimension_value = value_labels.code

)

select * from final
