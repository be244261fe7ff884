with orders as (

    select * from {{ ref('fct_orders') }}

    where is_valid

),

months as (

    select
        extract(year from order_date) as order_year,
        extract(month from order_date) as month_of_year,
        sum(net_amount) as net_amount

    from orders

    group by extract(year from order_date), extract(month from order_date)

),

years as (

    select
        order_year,
        sum(net_amount) as year_net_amount

    from months

    group by order_year

),

opening as (

    select min(order_date) as first_order_date
    from orders

),

complete_years as (

    select years.*
    from years
    cross join opening
    cross join {{ ref('int_as_of') }} as as_of

    where
        years.order_year > extract(year from {{ dbt.dateadd('month', -1, 'opening.first_order_date') }})
        and years.order_year < extract(year from {{ dbt.dateadd('day', 1, 'as_of.as_of_date') }})

),

calendar as (

    {% for month in range(1, 13) -%}
    select {{ month }} as month_of_year
    {%- if not loop.last %} union all {% endif %}
    {% endfor %}

),

shares as (

    select
        calendar.month_of_year,
        complete_years.order_year,
        {{ safe_divide('coalesce(months.net_amount, 0)', 'complete_years.year_net_amount') }} as year_share

    from calendar
    left join complete_years on true
    left join months on complete_years.order_year = months.order_year and calendar.month_of_year = months.month_of_year

),

final as (

    select
        month_of_year,
        cast(count(order_year) as integer) as complete_years,
        {% for function, name in [('avg', 'seasonal_factor'), ('min', 'lowest_share'), ('max', 'highest_share')] -%}
        case when count(order_year) >= 2 then cast({{ function }}(year_share) as numeric(18, 6)) end as {{ name }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from shares

    group by month_of_year

)

select * from final
