-- No customer is lost between two months: moves into each segment equal its customers at the end of the month, and moves
-- out of it equal its customers at the end of the previous month.
with standing as (

    {% for scheme in rfm_schemes() -%}
    select
        '{{ scheme }}' as scheme,
        month,
        {{ scheme }} as segment,
        count(*) as customers,
        sum(monetary_amount) as net_amount

    from {{ ref('fct_customer_rfm_monthly') }}

    group by month, {{ scheme }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

last_month as (

    select max(month) as month from standing

),

moved_in as (

    select
        scheme,
        month,
        to_segment as segment,
        sum(customers) as customers,
        sum(net_amount) as net_amount

    from {{ ref('rpt_segment_migration') }}

    group by scheme, month, to_segment

),

moved_out as (

    select
        scheme,
        cast(month - interval '1' month as date) as month,
        from_segment as segment,
        sum(customers) as customers

    from {{ ref('rpt_segment_migration') }}

    where from_segment <> 'none'

    group by scheme, month, from_segment

)

select
    standing.scheme,
    standing.month,
    standing.segment,
    standing.customers,
    moved_in.scheme as moved_in_scheme,
    moved_in.month as moved_in_month,
    moved_in.segment as moved_in_segment,
    moved_in.customers as moved_in_customers,
    moved_out.month as moved_out_month,
    moved_out.segment as moved_out_segment,
    moved_out.customers as moved_out_customers

from standing
full outer join moved_in
    on
        standing.scheme = moved_in.scheme
        and standing.month = moved_in.month
        and standing.segment = moved_in.segment
full outer join moved_out
    on
        standing.scheme = moved_out.scheme
        and standing.month = moved_out.month
        and standing.segment = moved_out.segment
cross join last_month

where
    standing.customers is distinct from moved_in.customers
    or standing.net_amount is distinct from moved_in.net_amount
    or (
        coalesce(standing.month, moved_out.month) < last_month.month
        and standing.customers is distinct from moved_out.customers
    )
