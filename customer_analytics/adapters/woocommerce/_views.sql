-- the rows that count: an order in several files counts as in the last one, an order of both exports as in the first kind
create view advanced_rows as
select *
from advanced_order_export
qualify file_number = max(file_number) over (partition by "order number");

create view csv_rows as
select *
from order_csv
where "order_id" not in (select "order number" from advanced_order_export where "order number" is not null)
qualify file_number = max(file_number) over (partition by "order_id");
