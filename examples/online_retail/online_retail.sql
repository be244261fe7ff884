-- Maps UCI Online Retail (one row per invoice line) to the input contract of this project.
-- Run it with prepare.py, which sets the variable invoice_lines to the file and writes each table as Parquet.

-- Goods carry a five-digit stock code, or are gift vouchers and party goods. All other codes are postage, carriage,
-- samples, discounts, manual corrections, bank charges, commissions and bad debt: money, but no goods.
create view invoice_lines as
select
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    invoice_ts,
    country,
    cast(customer_id as varchar) as customer_id,
    regexp_matches(stock_code, '^([0-9]{5}|DCGS|gift_|PADS)') as is_goods,
    stock_code in ('POST', 'DOT', 'C2') as is_shipping,
    invoice_no like 'C%' as is_cancellation
from read_parquet(getvariable('invoice_lines'));

-- An order is an invoice that charges for goods. Invoices without a charge are stock movements (the shop books damaged
-- and found goods as invoices at price 0), those that begin with A are bad debt.
create view orders as
select
    invoice_no as order_id,
    min(customer_id) as customer_id,
    min(invoice_ts) as ordered_at,
    sum(quantity * unit_price) as paid_amount,
    sum(quantity * unit_price) filter (where is_shipping) as shipping_amount,
    'completed' as status,
    'GBP' as currency,
    min(country) as shipping_region
from invoice_lines
where not is_cancellation and (is_goods or is_shipping) and quantity > 0
group by invoice_no
having sum(quantity * unit_price) filter (where is_goods) > 0;

-- Repeated lines of an invoice are separate lines: without line numbers, all of them stay.
create view order_items as
select
    invoice_no as order_id,
    stock_code as product_id,
    quantity,
    unit_price
from invoice_lines
where is_goods and quantity > 0 and invoice_no in (select order_id from orders);

create view products as
select
    stock_code as product_id,
    mode(description order by description) as product_name
from invoice_lines
where is_goods
group by stock_code;

create view customers as
select
    customer_id,
    mode(country order by country) as region
from invoice_lines
where customer_id is not null
group by customer_id;

-- A cancellation does not name the order it cancels, so refunds have a customer and a product instead of an order.
create view refunds as
select
    concat_ws('-', invoice_no, row_number() over (
        partition by invoice_no order by stock_code, quantity, unit_price
    )) as refund_id,
    invoice_ts as refunded_at,
    -quantity * unit_price as refund_amount,
    customer_id,
    stock_code as product_id,
    -quantity as quantity
from invoice_lines
where is_cancellation and is_goods;
