from customer_analytics.fits import promotion_parameters


def model(dbt, session):
    items = dbt.ref("int_order_items_valued")
    items = items.filter("is_valid and paid_amount > 0 and product_id is not null")
    keys = "category, product_id, cast(date_trunc('week', order_date) as date)"
    sums = "sum(quantity) as units, sum(paid_amount) as paid_amount"
    weeks = items.aggregate(f"{keys} as week, {sums}", keys)
    as_of = dbt.ref("int_as_of").select("as_of_date as snapshot_date")
    return promotion_parameters(as_of.cross(weeks).arrow().read_all())
