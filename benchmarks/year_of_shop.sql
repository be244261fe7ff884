-- Generates a synthetic shop for the year 2023: tables raw_<input> with the columns of the input contract and load_date, the
-- day on which a row was loaded into the shop's warehouse. The variable customers sets the number of customers.
-- All values are hashes of numbers, so the same size always gives the same rows, within seconds.

create macro chance(key, purpose) as (hash(key, purpose) % 1000003) / 1000003.0;
-- geometric: many small counts, a few large ones
create macro count_around(mean, key, purpose) as cast(floor(-ln(1 - chance(key, purpose)) * mean + chance(key, purpose || ' rest')) as integer);
create macro pick(words, key, purpose) as words[1 + cast(floor(chance(key, purpose) * len(words)) as integer)];
create macro year_start() as timestamp '2023-01-01';
create macro last_day() as date '2023-12-31';
-- most rows arrive on their day, some later
create macro arrival(day, key) as least(
    day + case when chance(key, 'late') < 0.005 then 1 + cast(floor(chance(key, 'how late') * 5) as integer) else 0 end,
    last_day()
);
create macro correction_days(key) as 1 + cast(floor(chance(key, 'correction day') * 20) as integer);
create macro loaded_on(day) as cast(day as timestamp) + interval '23 hours 50 minutes';

-- a quarter joins and a quarter leaves in the course of the year
create table people as
with spans as (
    select
        range as person,
        case when chance(range, 'joins') < 0.25 then cast(floor(chance(range, 'join day') * 365) as integer) else 0 end as first_day,
        case when chance(range, 'leaves') < 0.25 then cast(floor(chance(range, 'leave day') * 365) as integer) else 364 end as leave_day
    from range(getvariable('customers'))
),

lives as (
    select
        person,
        first_day,
        greatest(least(first_day + 30, 364), leave_day) - first_day + 1 as days
    from spans
)

select
    lives.*,
    'C' || lpad(cast(person as varchar), 8, '0') as customer_id,
    year_start() + to_seconds(cast(floor(
        86400 * case when first_day > 0 then first_day + chance(person, 'hour') * 0.5 else -1 - chance(person, 'before') * 1000 end
    ) as bigint)) as registered_at,
    count_around(12.0 * days / 365, person, 'orders') as orders,
    count_around(11.5 * days / 365, person, 'browses') as browses,
    case when chance(person, 'email') < 0.8 then 'buyer' || person || '@mail.invalid' end as email,
    chance(person, 'card') < 0.02 as has_card,
    -- an account without a date of its own link has had its card always
    case when chance(person, 'card date') < 0.5 then year_start() + to_days(first_day) end as card_linked_at
from lives;

create table raw_products as
select
    'P' || range as product_id,
    'Product ' || range as product_name,
    pick(['smart phone', 'laptop', 'headphones', 'shoes', 'dress', 'jacket', 'toys', 'books', 'coffee', 'skin care'], range, 'category') as category,
    pick(['Aurora', 'Birch', 'Comet', 'Delta', 'Ember', 'Fjord'], range, 'brand') as brand,
    cast(round(exp(2.5 + 3 * chance(range, 'price')), 2) as decimal(18, 2)) as list_price,
    cast(round(exp(2.5 + 3 * chance(range, 'price')) * (0.4 + 0.3 * chance(range, 'cost')), 2) as decimal(18, 2)) as unit_cost,
    date '2020-01-01' + cast(floor(chance(range, 'launch') * 1000) as integer) as launched_on,
    date '2023-01-01' as load_date
from range(2000);

create table raw_customers as
select
    customer_id,
    registered_at,
    pick(['f', 'm', null], person, 'gender') as gender,
    date '1955-01-01' + cast(floor(chance(person, 'birth') * 18000) as integer) as birth_date,
    pick(['north', 'east', 'south', 'west'], person, 'region') as region,
    'city ' || cast(floor(chance(person, 'city') * 50) as integer) as city,
    pick(['tier_1', 'tier_2', 'tier_3'], person, 'tier') as city_tier,
    pick(['student', 'clerk', 'engineer', 'teacher', null], person, 'occupation') as occupation,
    pick(['low', 'middle', 'high', null], person, 'income') as income_band,
    pick(['silver', 'gold', 'none'], person, 'member') as member_tier,
    pick(['search', 'friends', 'advert', 'social'], person, 'acquired') as acquisition_source,
    email,
    greatest(cast(registered_at as date), cast(year_start() as date)) as load_date
from people;

create table raw_identity_links as
select
    'member_card' as identifier_type,
    'K' || person as identifier,
    customer_id,
    card_linked_at as linked_at,
    greatest(cast(registered_at as date), cast(year_start() as date)) as load_date
from people
where has_card
union all
select
    'visitor',
    'V' || person || '-0',
    customer_id,
    registered_at,
    greatest(cast(registered_at as date), cast(year_start() as date))
from people
where chance(person, 'visitor link') < 0.05;

create table raw_campaigns as
select
    'M' || range as campaign_id,
    'Campaign ' || range as campaign_name,
    pick(['discount', 'email', 'coupon', 'live_stream'], range, 'type') as campaign_type,
    year_start() + to_days(cast(range * 30 + 5 as integer)) as starts_at,
    year_start() + to_days(cast(range * 30 + 9 as integer)) as ends_at,
    cast(1000 + range * 100 as decimal(18, 2)) as cost_amount,
    date '2023-01-01' as load_date
from range(12);

create table raw_exchange_rates as
select
    'USD' as currency,
    date '2023-01-01' + cast(range as integer) as rate_date,
    cast(7 + 0.2 * chance(range, 'rate') as decimal(18, 4)) as rate_to_reporting,
    date '2023-01-01' + cast(range as integer) as load_date
from range(365);

-- what is bought: the true orders, of which raw_orders holds the export
create table purchases as
with placed as (
    select
        people.*,
        unnest(range(people.orders)) as place
    from people
),

keyed as (
    select
        placed.*,
        person * 1000 + place as purchase
    from placed
),

timed as (
    select
        keyed.*,
        greatest(
            year_start() + to_days(first_day + cast(floor(chance(purchase, 'day') * days) as integer))
            -- most in the evening
            + to_seconds(cast(floor(86400 * sqrt((chance(purchase, 'hour') + chance(purchase, 'minute')) / 2) * 0.97) as bigint)),
            year_start() + interval '1 hour'
        ) as ordered_at
    from keyed
)

select
    person,
    customer_id,
    email,
    has_card,
    purchase,
    'O' || purchase as order_id,
    ordered_at,
    arrival(cast(ordered_at as date), purchase) as load_date,
    chance(purchase, 'status') as luck,
    pick(['app', 'app', 'iOS', 'mini program', 'mini_program', 'h5', 'web', 'web', 'store', null], purchase, 'channel') as channel,
    chance(purchase, 'guest') < 0.03 as is_guest,
    case when chance(purchase, 'currency') < 0.05 then 'USD' when chance(purchase, 'currency') < 0.5 then 'CNY' end as currency,
    pick([0.0, 0.0, 0.0, 0.1, 0.2, 0.35], purchase, 'discount') as discount,
    1 + cast(floor(-ln(1 - chance(purchase, 'lines') * 0.98) * 1.65) as integer) as line_count
from timed;

create table lines as
with numbered as (
    select
        purchase,
        order_id,
        load_date,
        discount,
        unnest(range(1, line_count + 1)) as line_number
    from purchases
)

select
    numbered.*,
    purchase * 100 + line_number as line
from numbered;

create table sold as
with priced as (
    select
        lines.*,
        products.product_id,
        products.list_price,
        products.unit_cost,
        1 + cast(floor(pow(chance(line, 'quantity'), 4) * 4) as integer) as quantity
    from lines
    inner join raw_products as products
        on products.product_id = 'P' || cast(floor(pow(chance(line, 'product'), 2.5) * 2000) as integer)
)

select
    purchase,
    line,
    order_id,
    line_number,
    product_id,
    case when chance(line, 'no quantity') < 0.0005 then 0 else quantity end as quantity,
    case when chance(line, 'no list price') >= 0.01 then list_price end as unit_list_price,
    cast(round(list_price * (1 - discount), 2) as decimal(18, 2)) as unit_price,
    unit_cost,
    load_date
from priced;

create table raw_order_items as
select * exclude (purchase, line) from sold
union all
-- loaded again some days later
select * exclude (purchase, line) replace (least(load_date + 3, last_day()) as load_date)
from sold
where chance(line, 'again') < 0.002 and load_date < last_day();

create table baskets as
select
    purchase,
    sum(quantity * unit_list_price) as gross_amount,
    sum(quantity * unit_price) as goods_amount,
    min(product_id) as product_id,
    min(quantity * unit_price) as smallest_amount
from sold
group by purchase;

create table raw_orders as
with exported as (
    select
        purchases.purchase,
        purchases.order_id,
        case
            when purchases.is_guest then null
            when chance(purchases.purchase, 'test') < 0.001 then 'test_' || purchases.person
            when purchases.has_card and purchases.channel = 'store' then 'K' || purchases.person
            else purchases.customer_id
        end as customer_id,
        case
            when chance(purchases.purchase, 'time') < 0.0003 then timestamp '1970-01-01'
            when chance(purchases.purchase, 'time') < 0.0005 then timestamp '2099-01-01'
            else purchases.ordered_at
        end as ordered_at,
        case
            when luck < 0.03 then 'pending'
            when luck < 0.08 then 'Cancelled'
            when luck < 0.09 then 'refunded'
            when luck < 0.10 then 'on hold'
            when luck < 0.20 then 'shipped'
            else 'completed'
        end as status,
        case when chance(purchases.purchase, 'rate') < 0.0005 then 'XXX' else purchases.currency end as currency,
        coalesce(baskets.goods_amount, 0) as goods_amount,
        case when chance(purchases.purchase, 'gross') >= 0.05 then baskets.gross_amount end as gross_amount,
        cast(case when chance(purchases.purchase, 'shipping') < 0.3 then 8 else 0 end as decimal(18, 2)) as shipping_amount,
        purchases.channel,
        pick(['alipay', 'wechat', 'card'], purchases.purchase, 'payment') as payment_method,
        pick(['north', 'east', 'south', 'west'], purchases.person, 'region') as shipping_region,
        'city ' || cast(floor(chance(purchases.person, 'city') * 50) as integer) as shipping_city,
        -- half of the guests have an account
        case
            when not purchases.is_guest then purchases.email
            when chance(purchases.purchase, 'known guest') < 0.5 then upper(purchases.email)
            else 'guest' || purchases.purchase || '@mail.invalid'
        end as email,
        purchases.load_date
    from purchases
    left join baskets on purchases.purchase = baskets.purchase
),

amounts as (
    select
        purchase,
        order_id,
        customer_id,
        ordered_at,
        case when chance(purchase, 'negative') < 0.0005 then -1 else 1 end * cast(goods_amount + shipping_amount as decimal(18, 2)) as paid_amount,
        status,
        currency,
        cast(gross_amount as decimal(18, 2)) as gross_amount,
        shipping_amount,
        channel,
        payment_method,
        shipping_region,
        shipping_city,
        email,
        case when status not in ('pending', 'Cancelled') and year(ordered_at) = 2023 then ordered_at + interval '1 minute' end as paid_at,
        load_date
    from exported
)

select * exclude (purchase) from amounts
union all
-- corrected some days later: the sale did not hold
select * exclude (purchase) replace ('cancelled' as status, load_date + correction_days(purchase) as load_date)
from amounts
where chance(purchase, 'corrected') < 0.01 and chance(purchase, 'again') >= 0.002 and load_date + correction_days(purchase) <= last_day()
union all
-- loaded again, as it was
select * exclude (purchase) replace (load_date + 1 as load_date)
from amounts
where chance(purchase, 'again') < 0.002 and load_date < last_day();

create table raw_refunds as
select
    'R' || purchases.purchase as refund_id,
    purchases.ordered_at + to_seconds(cast(floor(86400 * 30 * chance(purchases.purchase, 'refund day')) as bigint)) as refunded_at,
    cast(case when chance(purchases.purchase, 'in full') < 0.4 then baskets.goods_amount else baskets.smallest_amount end as decimal(18, 2)) as refund_amount,
    case when chance(purchases.purchase, 'refund order') >= 0.1 then purchases.order_id end as order_id,
    case when not purchases.is_guest then purchases.customer_id end as customer_id,
    baskets.product_id,
    1 as quantity,
    pick(['too small', 'broken', 'changed my mind'], purchases.purchase, 'reason') as reason,
    arrival(cast(refunded_at as date), purchases.purchase) as load_date
from purchases
inner join baskets on purchases.purchase = baskets.purchase
where purchases.luck >= 0.09 and chance(purchases.purchase, 'refund') < 0.058 and cast(refunded_at as date) <= last_day();

-- a visit ends in an order or in nothing; a store order has none
create table visits as
with browsing as (
    select
        people.*,
        unnest(range(browses)) as place
    from people
),

all_visits as (
    select
        person,
        customer_id,
        purchase as visit,
        order_id,
        ordered_at as ends_at,
        channel
    from purchases
    where channel is distinct from 'store'
    union all
    select
        person,
        customer_id,
        person * 1000 + 500 + place as visit,
        null,
        year_start() + to_days(first_day + cast(floor(chance(visit, 'day') * days) as integer))
        + to_seconds(cast(floor(5000 + 81000 * sqrt((chance(visit, 'hour') + chance(visit, 'minute')) / 2)) as bigint)),
        pick(['app', 'app', 'app', 'mini_program', 'mini_program', 'h5', 'web', 'web'], visit, 'channel')
    from browsing
    union all
    -- visitors who never buy
    select
        null,
        null,
        -range,
        null,
        year_start() + to_seconds(cast(floor(7200 + (365 * 86400 - 7200) * chance(-range, 'when')) as bigint)),
        pick(['h5', 'web'], -range, 'channel')
    from range(1, getvariable('customers') + 1)
)

select
    all_visits.*,
    coalesce(channel, 'web') as visit_channel,
    -- people have up to three devices, and some of these are shared
    case
        when person is null then 'W' || visit
        when chance(person, 'shared') < 0.002 then 'V-shared-' || person // 2000
        else 'V' || person || '-' || cast(floor(pow(chance(visit, 'visitor'), 2) * 3) as integer)
    end as visitor_id,
    case when order_id is not null then 5 + count_around(2.6, visit, 'events')
    else 1 + count_around(3.0, visit, 'events') end as event_count,
    -- where in the visit the customer logs in
    case when order_id is not null then chance(visit, 'login') * 0.6
    when person is not null and chance(visit, 'login') < 0.5 then chance(visit, 'login') end as login_at,
    pick(['direct', 'direct', 'direct', 'search', 'search', 'advert', 'social', null], visit, 'source') as source
from all_visits;

-- a view: its rows are made month by month, as they are written
create view raw_events as
with steps as (
    select
        visits.*,
        unnest(range(1, event_count + 1)) as step
    from visits
    where cast(ends_at as date) between cast(getvariable('first_load_date') as date) - 7 and cast(getvariable('last_load_date') as date) + 1
),

keyed as (
    select
        steps.*,
        event_count - step as steps_left,
        hash(visit, step) as event
    from steps
),

named as (
    select
        keyed.*,
        ends_at - to_seconds(steps_left * 40 + cast(event % 30 as bigint)) as happened_at,
        case
            when step = 1 then 'home'
            when order_id is not null then case steps_left
                when 0 then 'payment_success' when 1 then 'order_created' when 2 then 'checkout' when 3 then 'cart_add'
                else pick(['product_detail', 'search', 'list'], event, 'word') end
            else pick(['product_detail', 'product_detail', 'search', 'list', 'page_view', 'cart_add'], event, 'word')
        end as event_name,
        step >= 1 + login_at * event_count as is_logged_in
    from keyed
),

-- the last events of some visits arrive late
arrived as (
    select
        named.*,
        case
            when step * 2 > event_count then arrival(cast(happened_at as date), visit)
            else cast(happened_at as date)
        end as load_date
    from named
),

exported as (
    select
        'E' || visit || '-' || step as event_id,
        case when event % 100003 = 0 then timestamp '2099-01-01' else happened_at end as occurred_at,
        event_name,
        visitor_id,
        case when is_logged_in then customer_id end as customer_id,
        case when visit_channel in ('app', 'iOS') then 'S' || visit end as session_id,
        case when event_name in ('product_detail', 'cart_add') then 'P' || cast(floor(pow(chance(event, 'product'), 2.5) * 2000) as integer) end as product_id,
        case when order_id is not null and steps_left <= 1 then order_id end as order_id,
        visit_channel as channel,
        case when visit_channel = 'web' then 'desktop' else 'phone' end as device,
        case when step = 1 then source end as source,
        case when step = 1 then case source when 'advert' then 'cpc' when 'search' then 'organic' when 'social' then 'social' when 'direct' then 'none' end end as medium,
        case when step = 1 and source = 'advert' then 'M' || month(happened_at) - 1 end as campaign,
        '/' || event_name as page,
        case when event % 1009 = 0 then 'Mozilla/5.0 (compatible; Googlebot/2.1)' else 'Mozilla/5.0 (Linux; Android 13)' end as user_agent,
        event,
        load_date
    from arrived
)

select * exclude (event) from exported
union all
-- sent twice
select * exclude (event) replace (least(load_date + 1, last_day()) as load_date)
from exported
where event % 331 = 0;
