"""The core results of a shop in hand-written DuckDB SQL.

Run: python core_duckdb.py SHOP_FOLDER RESULT_FOLDER. Computes clean orders, RFM scores and
segments, their monthly history and daily sales, by the rules of the project as far as this data
needs them (one foreign currency, UTC days, member cards as the only links), without any other
layer.
"""

import sys
from pathlib import Path

import duckdb

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "config"
RESULTS = ["orders", "rfm", "rfm_monthly", "sales_daily"]

CLEAN = """
    create macro is_possible(happened_at) as
        happened_at >= timestamp '1990-01-01' and happened_at < current_date + 1;

    create temp table good_orders as
    with typed as (
        select
            order_id,
            customer_id,
            lower(email) as email,
            ordered_at,
            cast(ordered_at as date) as order_date,
            case lower(replace(status, ' ', '_'))
                when 'pending' then 'placed'
                when 'cancelled' then 'cancelled'
                when 'refunded' then 'refunded'
                when 'shipped' then 'shipped'
                when 'completed' then 'completed'
                else 'paid'
            end as status,
            case lower(replace(channel, ' ', '_'))
                when 'ios' then 'app'
                else coalesce(lower(replace(channel, ' ', '_')), 'unknown')
            end as channel,
            coalesce(currency, 'CNY') as currency,
            paid_amount,
            gross_amount,
            shipping_amount,
            loaded_at
        from '{shop}/orders/*.parquet'
        where
            is_possible(ordered_at)
            and paid_amount >= 0
            and (customer_id is null or not starts_with(customer_id, 'test_'))
            and coalesce(email not like '%@test.%' and email not like '%@example.%', true)
    ),

    rates as (
        select currency, rate_date, rate_to_reporting from '{shop}/exchange_rates/*.parquet'
        union all
        select 'CNY', date '1990-01-01', 1
    ),

    newest as (
        select typed.*, cast(rate_to_reporting as decimal(18, 8)) as exchange_rate
        from typed
        asof inner join rates
            on typed.currency = rates.currency and typed.order_date >= rates.rate_date
        qualify row_number() over (partition by order_id order by loaded_at desc) = 1
    ),

    converted as (
        select
            * exclude (loaded_at) replace (
                cast(round(paid_amount * exchange_rate, 2) as decimal(18, 2)) as paid_amount,
                cast(round(gross_amount * exchange_rate, 2) as decimal(18, 2)) as gross_amount,
                cast(round(shipping_amount * exchange_rate, 2) as decimal(18, 2)) as shipping_amount
            ),
            status not in ('placed', 'cancelled') as is_valid,
            case when customer_id is null then email end as guest_email
        from newest
    )

    select
        *,
        greatest(paid_amount - shipping_amount, 0) as goods_amount
    from converted;

    create temp table cards as
    select identifier, customer_id, coalesce(linked_at, timestamp '0001-01-01') as valid_from
    from '{shop}/identity_links/*.parquet'
    where identifier_type = 'member_card';

    -- lines matter for orders without a list price, and for refunds that name no order
    create temp table loose_refunds as
    select refund_id, refunded_at, refund_amount, customer_id, product_id
    from '{shop}/refunds/*.parquet'
    where order_id is null and customer_id is not null;

    create temp table loose_orders as
    with ids as (
        select refund_id, customer_id as order_customer_id from loose_refunds
        union all
        select refund_id, identifier
        from loose_refunds
        inner join cards
            on loose_refunds.customer_id = cards.customer_id and refunded_at >= valid_from
    )
    select refund_id, order_id, ordered_at
    from ids
    inner join good_orders on order_customer_id = good_orders.customer_id
    inner join loose_refunds using (refund_id)
    where is_valid and ordered_at <= refunded_at;

    create temp table lines as
    select order_id, line_number, product_id, quantity, unit_list_price
    from '{shop}/order_items/*.parquet'
    where
        quantity > 0 and quantity < 1000 and unit_price >= 0
        and order_id in (
            select order_id from good_orders where gross_amount is null
            union all
            select order_id from loose_orders
        )
    qualify row_number() over (partition by order_id, line_number order by loaded_at desc) = 1;

    create temp table list_amounts as
    select
        order_id,
        sum(cast(round(
            quantity * coalesce(
                cast(unit_list_price as decimal(38, 4)) * exchange_rate,
                cast(list_price as decimal(18, 4))
            ), 2
        ) as decimal(18, 2))) as list_amount
    from lines
    inner join good_orders using (order_id)
    left join '{shop}/products/*.parquet' as products using (product_id)
    where gross_amount is null
    group by order_id;

    create temp table refunds as
    with matched as (
        select
            refund_id,
            arg_max(
                order_id, (product_lines.product_id is not null, ordered_at, order_id)
            ) as order_id
        from loose_orders
        inner join loose_refunds using (refund_id)
        left join (select distinct order_id, product_id from lines) as product_lines
            using (order_id, product_id)
        group by refund_id
    )
    select refund_id, order_id, refunded_at, refund_amount
    from '{shop}/refunds/*.parquet'
    where order_id is not null
    union all
    select refund_id, order_id, refunded_at, refund_amount
    from loose_refunds
    inner join matched using (refund_id);

    set variable as_of_date = (
        select cast(greatest(
            (select max(order_date) from good_orders),
            (select max(refunded_at) from refunds inner join good_orders using (order_id)),
            (select max(occurred_at) from '{shop}/events/*.parquet' where is_possible(occurred_at))
        ) as date)
    );

    create temp table counted_refunds as
    with running as (
        select
            refund_id,
            order_id,
            cast(refunded_at as date) as refund_date,
            goods_amount,
            cast(round(refund_amount * exchange_rate, 2) as decimal(18, 2)) as refund_amount,
            sum(cast(round(refund_amount * exchange_rate, 2) as decimal(18, 2))) over (
                partition by order_id order by refunded_at, refund_id
                rows between unbounded preceding and current row
            ) as so_far
        from refunds
        inner join good_orders using (order_id)
        where is_valid
    )
    select
        order_id,
        refund_date,
        greatest(
            least(refund_amount, goods_amount - (so_far - refund_amount)), 0
        ) as refunded_amount
    from running
    union all
    select order_id, order_date, goods_amount
    from good_orders
    where status = 'refunded' and order_id not in (select order_id from running);

    create temp table owners as
    select
        lower(email) as email,
        arg_min(customer_id, (registered_at, customer_id)) as owner_id,
        min(cast(registered_at as date)) as registered_date
    from '{shop}/customers/*.parquet'
    where email is not null and registered_at < getvariable('as_of_date') + 1
    group by all;

    create temp table orders as
    with resolved as (
        select
            good_orders.*,
            good_orders.customer_id as account_id,
            coalesce(cards.customer_id, good_orders.customer_id, owner_id) as person_id,
            case
                when good_orders.customer_id is null then greatest(order_date, registered_date)
                else order_date
            end as known_date
        from good_orders
        left join owners on good_orders.guest_email = owners.email
        left join cards
            on good_orders.customer_id = cards.identifier and ordered_at >= valid_from
    ),

    refunded as (
        select order_id, sum(refunded_amount) as refunded_amount
        from counted_refunds
        group by order_id
    ),

    numbered as (
        select
            order_id,
            row_number() over same_customer as order_number,
            order_date - lag(order_date) over same_customer as days_since_previous_order
        from resolved
        where is_valid and person_id is not null
        window same_customer as (partition by person_id order by ordered_at, order_id)
    )

    select
        order_id,
        person_id as customer_id,
        account_id,
        ordered_at,
        order_date,
        known_date,
        status,
        is_valid,
        channel,
        currency,
        paid_amount,
        shipping_amount,
        goods_amount,
        coalesce(gross_amount, list_amount) as gross_amount,
        case
            when coalesce(gross_amount, list_amount) is not null
                then greatest(coalesce(gross_amount, list_amount) - goods_amount, 0)
        end as discount_amount,
        coalesce(refunded_amount, 0) as refunded_amount,
        case
            when is_valid then goods_amount - coalesce(refunded_amount, 0) else 0
        end as net_amount,
        order_number,
        coalesce(order_number = 1, false) as is_first_order,
        days_since_previous_order
    from resolved
    left join refunded using (order_id)
    left join list_amounts using (order_id)
    left join numbered using (order_id);
"""

SCORE = """
    create temp table changes as
    with purchases as (
        select *, date_trunc('month', known_date) as known_month, order_date + 365 as leaves_date
        from orders
        where is_valid and customer_id is not null
    ),

    steps as (
        select customer_id, known_month as month, order_date, 1 as orders, goods_amount as amount
        from purchases
        union all
        select
            customer_id,
            greatest(date_trunc('month', leaves_date), known_month),
            null, -1, -goods_amount
        from purchases
        where leaves_date <= getvariable('as_of_date')
        union all
        select
            customer_id,
            greatest(date_trunc('month', refund_date), known_month),
            null, 0, -counted_refunds.refunded_amount
        from counted_refunds
        inner join purchases using (order_id)
        union all
        select
            customer_id,
            date_trunc('month', greatest(leaves_date, refund_date, known_date)),
            null, 0, counted_refunds.refunded_amount
        from counted_refunds
        inner join purchases using (order_id)
        where leaves_date <= getvariable('as_of_date')
    )

    select
        customer_id,
        cast(month as date) as month,
        max(order_date) as last_order_date,
        sum(orders) as orders,
        sum(amount) as amount
    from steps
    group by all;

    create temp table cells as
    with scores as (select unnest([1, 2, 3, 4, 5]) as score)
    select
        recency.score as r_score,
        frequency.score as f_score,
        monetary.score as m_score,
        {schemes}
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary
    inner join '{seeds}/rfm_segments.csv' as segments
        on
            recency.score between r_from and r_to
            and frequency.score between f_from and f_to
            and monetary.score between m_from and m_to
            and (frequency.score + monetary.score + 1) // 2 between fm_from and fm_to
    group by all;

    create temp table scored as
    with months as (
        select
            cast(unnest(generate_series(
                (select min(month) from changes), getvariable('as_of_date'), interval '1 month'
            )) as date) as month
    ),

    customer_months as (
        select
            customer_id,
            months.month,
            least(last_day(months.month), getvariable('as_of_date')) as as_of_date
        from (select customer_id, min(month) as first_month from changes group by all)
        inner join months on first_month <= months.month
    ),

    measured as (
        select
            customer_months.*,
            as_of_date - max(last_order_date) over so_far as recency_days,
            sum(orders) over so_far as frequency,
            sum(amount) over so_far as monetary_amount
        from customer_months
        left join changes using (customer_id, month)
        window so_far as (
            partition by customer_id order by month rows between unbounded preceding and current row
        )
    ),

    banded as (
        select
            *,
            case
                when recency_days <= 30 then 5 when recency_days <= 60 then 4
                when recency_days <= 90 then 3 when recency_days <= 180 then 2 else 1
            end as r_score,
            case
                when frequency >= 10 then 5 when frequency >= 5 then 4
                when frequency >= 3 then 3 when frequency >= 1 then 2 else 1
            end as f_score,
            case
                when monetary_amount >= 10000 then 5 when monetary_amount >= 5000 then 4
                when monetary_amount >= 2000 then 3 when monetary_amount >= 500 then 2 else 1
            end as m_score
        from measured
    )

    select
        *,
        concat(r_score, f_score, m_score) as rfm_cell
    from banded
    inner join cells using (r_score, f_score, m_score);

    create temp table rfm as
    select * exclude (month) from scored where as_of_date = getvariable('as_of_date');

    create temp table rfm_monthly as
    with previous as (
        select
            *,
            coalesce(lag(value_tier) over same_customer, 'none') as previous_value_tier
        from scored
        where as_of_date = last_day(month)
        window same_customer as (partition by customer_id order by month)
    ),

    stays as (
        select
            *,
            sum(cast(value_tier <> previous_value_tier as integer)) over (
                partition by customer_id order by month
                rows between unbounded preceding and current row
            ) as stay
        from previous
    )

    select
        * exclude (stay),
        row_number() over (partition by customer_id, stay order by month) as months_in_tier
    from stays;

    create temp table sales_daily as
    with sales as (
        select
            order_date,
            channel,
            count(*) as orders,
            count(distinct customer_id) as customers,
            count(*) filter (is_first_order) as new_customers,
            count(*) filter (customer_id is null) as guest_orders,
            sum(gross_amount) as gross_amount,
            sum(discount_amount) as discount_amount,
            sum(goods_amount) as goods_amount
        from orders
        where is_valid
        group by all
    ),

    refunds as (
        select
            refund_date as order_date,
            channel,
            sum(counted_refunds.refunded_amount) as refunded_amount
        from counted_refunds
        inner join orders using (order_id)
        group by all
    )

    select
        order_date,
        channel,
        coalesce(orders, 0) as orders,
        coalesce(customers, 0) as customers,
        coalesce(new_customers, 0) as new_customers,
        coalesce(guest_orders, 0) as guest_orders,
        coalesce(gross_amount, 0) as gross_amount,
        coalesce(discount_amount, 0) as discount_amount,
        coalesce(goods_amount, 0) as goods_amount,
        coalesce(refunded_amount, 0) as refunded_amount,
        coalesce(goods_amount, 0) - coalesce(refunded_amount, 0) as net_amount
    from sales
    full join refunds using (order_date, channel);
"""
SCHEMES = ["value_tier", "lifecycle_segment", "behaviour_segment", "rfm_8", "rfm_11"]


def main(shop: Path, results: Path) -> None:
    """Compute the results of a shop and write each as a Parquet file."""
    results.mkdir(parents=True, exist_ok=True)
    schemes = ", ".join(
        f"arg_min(segment, priority) filter (scheme = '{scheme}') as {scheme}" for scheme in SCHEMES
    )
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(CLEAN.format(shop=shop))
        connection.execute(SCORE.format(seeds=SEEDS, schemes=schemes))
        for name in RESULTS:
            target = results / f"{name}.parquet"
            columns = "* exclude (known_date)" if name == "orders" else "*"
            connection.execute(
                f"copy (select {columns} from {name}) to '{target}' (format parquet)"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
