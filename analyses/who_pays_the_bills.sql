-- How concentrated are net sales, and in which value tiers are the top customers?
--
-- Run:  dbt show --select who_pays_the_bills --limit 20    (with --output json for all columns)
--
-- How to read it: the rows "best ...%" are the Pareto curve. The top 20% of customers commonly bring 50 to 80% of net
-- sales. If they bring more, losing a few customers hurts; if they bring less, no group justifies a programme of its own.
-- The other rows split the same net sales by value tier, over all customers who ever ordered. times_average compares a
-- customer of the group with the average customer: a tier well above 1 deserves service, a tier well below 1 should not
-- cost more than automated messages. customers_in_top_20 shows the value tiers of the top 20%: those in churn_risk are
-- the most expensive customers to lose.
with cuts as (

    {% for cut in [1, 5, 10, 20, 50, 100] -%}
    select {{ cut }} as best_percent{{ " union all" if not loop.last }}
    {% endfor %}
),

pareto as (

    select
        cuts.best_percent,
        sum(percentiles.customers) as customers,
        sum(percentiles.net_amount) as net_amount,
        sum(case when percentiles.is_top_20 then percentiles.customers else 0 end) as customers_in_top_20

    from cuts
    inner join {{ ref('rpt_pareto') }} as percentiles on cuts.best_percent >= percentiles.customer_percentile

    group by cuts.best_percent

),

top_20 as (

    select
        rfm.value_tier,
        count(*) as customers_in_top_20

    from {{ ref('fct_customer_rfm') }} as rfm
    inner join {{ ref('int_customer_rfm') }} as ranked on rfm.customer_id = ranked.customer_id

    where ranked.customer_percentile <= 20

    group by rfm.value_tier

),

groups as (

    select
        1 as part,
        best_percent as sort_order,
        'best ' || cast(best_percent as {{ dbt.type_string() }}) || '%' as customer_group,
        customers,
        max(customers) over () as all_customers,
        net_amount,
        max(net_amount) over () as all_net_amount,
        customers_in_top_20

    from pareto

    union all

    select
        2 as part,
        row_number() over (order by segments.net_amount desc, segments.segment asc) as sort_order,
        segments.segment_en as customer_group,
        segments.customers,
        segments.scheme_customers as all_customers,
        segments.net_amount,
        segments.scheme_net_amount as all_net_amount,
        coalesce(top_20.customers_in_top_20, 0) as customers_in_top_20

    from {{ ref('rpt_segments') }} as segments
    left join top_20 on segments.segment = top_20.value_tier

    where segments.scheme = 'value_tier'

)

select
    customer_group,
    customers,
    {{ safe_divide('customers', 'all_customers') }} as customer_share,
    net_amount,
    {{ safe_divide('net_amount', 'all_net_amount') }} as net_amount_share,
    cast(
        1.0 * net_amount * all_customers / nullif(1.0 * all_net_amount * customers, 0) as numeric(18, 2)
    ) as times_average,
    customers_in_top_20

from groups

order by part, sort_order
