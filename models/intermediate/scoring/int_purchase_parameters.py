from customer_analytics.fits import purchase_parameters


def model(dbt, session):
    customers = dbt.ref("int_order_features").filter("is_scored")
    histories = "snapshot_date, repeat_days, active_days, observed_days"
    spending = "snapshot_date, paid_repeat_days, repeat_amount"
    return purchase_parameters(
        customers.aggregate(f"{histories}, count(*) as customers", histories).arrow().read_all(),
        customers.filter("paid_repeat_days > 0")
        .aggregate(f"{spending}, count(*) as customers", spending)
        .arrow()
        .read_all(),
    )
