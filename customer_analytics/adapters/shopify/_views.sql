-- the rows that count: an order in several files counts as in the last one that has its first row, which has the order's own fields;
-- orders of two shops have the same name, but not the same id, which is on the first row
create view rows_of_orders as
with identified as (

    select
        *,
        last_value("id" ignore nulls) over (partition by "name" order by file_number, row_number) as shopify_id
    from orders_export

)

select *
from identified
qualify file_number >= coalesce(
    max(file_number) filter (where "financial status" is not null) over (partition by "name", shopify_id),
    max(file_number) over (partition by "name", shopify_id)
);
