with sales as (

    select
        items.category,
        cast(date_trunc('month', items.order_date) as date) as month,
        count(distinct items.order_id) as orders,
        count(distinct orders.customer_id) as customers,
        sum(items.quantity) as units,
        sum(items.net_amount) as net_amount,
        -- if one line has no cost, the margin is null, because a partial sum would be too low
        case when count(items.margin_amount) = count(*) then sum(items.margin_amount) end as margin_amount,
        count(items.is_discounted) as priced_lines,
        count(case when items.is_discounted then 1 end) as discounted_lines

    from {{ ref('fct_order_items') }} as items
    inner join {{ ref('int_orders') }} as orders on items.order_id = orders.order_id

    where items.is_valid

    group by items.category, cast(date_trunc('month', items.order_date) as date)

),

spans as (

    select
        sales.category,
        min(sales.month) as first_month,
        max(as_of.as_of_date) as as_of_date

    from sales
    cross join {{ ref('int_as_of') }} as as_of

    group by sales.category

),

months as (

    select
        category,
        as_of_date,
        {{ time_series('cast(first_month as timestamp)', 'cast(as_of_date as timestamp)', 'month') }} as starts_at

    from spans

),

measured as (

    select
        months.category,
        cast(months.starts_at as date) as month,
        months.as_of_date >= cast(months.starts_at + interval '1' month - interval '1' day as date) as is_complete,
        months.as_of_date >= cast(date_trunc('year', months.starts_at) + interval '1' year - interval '1' day as date)
        and date_trunc('year', months.starts_at) >= min(months.starts_at) over (partition by months.category) as is_complete_year,
        sales.orders,
        sales.customers,
        sales.units,
        sales.margin_amount,
        sales.priced_lines,
        sales.discounted_lines,
        coalesce(sales.net_amount, 0) as net_amount,
        coalesce(sum(sales.net_amount) over (partition by months.starts_at), 0) as shop_net_amount,
        coalesce(sum(sales.net_amount) over (partition by months.category, date_trunc('year', months.starts_at)), 0) as year_net_amount,
        coalesce(sum(sales.net_amount) over (partition by date_trunc('year', months.starts_at)), 0) as shop_year_net_amount

    from months
    left join sales on months.category = sales.category and cast(months.starts_at as date) = sales.month

),

shares as (

    select
        measured.*,
        {{ safe_divide('net_amount', 'shop_net_amount') }} as net_amount_share,
        cast(net_amount as {{ type_double() }}) / nullif(shop_net_amount, 0) as month_share,
        cast(year_net_amount as {{ type_double() }}) / nullif(shop_year_net_amount, 0) as year_share

    from measured

),

final as (

    select
        shares.category,
        coalesce(labels.label_en, shares.category) as category_en,
        coalesce(labels.label_zh, shares.category) as category_zh,
        shares.month,
        shares.is_complete,
        cast(coalesce(shares.orders, 0) as bigint) as orders,
        cast(coalesce(shares.customers, 0) as bigint) as customers,
        cast(coalesce(shares.units, 0) as bigint) as units,
        cast(shares.net_amount as numeric(18, 2)) as net_amount,
        cast(shares.shop_net_amount as numeric(18, 2)) as shop_net_amount,
        shares.net_amount_share,
        cast(shares.margin_amount as numeric(18, 2)) as margin_amount,
        {{ average_amount('shares.net_amount', 'shares.orders') }} as average_order_amount,
        cast(coalesce(shares.priced_lines, 0) as bigint) as priced_lines,
        cast(coalesce(shares.discounted_lines, 0) as bigint) as discounted_lines,
        {{ safe_divide('shares.discounted_lines', 'shares.priced_lines') }} as discount_share,
        cast(shares.year_net_amount as numeric(18, 2)) as year_net_amount,
        cast(shares.shop_year_net_amount as numeric(18, 2)) as shop_year_net_amount,
        case when shares.is_complete_year then cast(shares.month_share / nullif(shares.year_share, 0) as numeric(18, 6)) end as season_index

    from shares
    left join {{ ref('labels') }} as labels on labels.code_type = 'category' and shares.category = labels.code

)

select * from final
