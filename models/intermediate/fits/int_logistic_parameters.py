from customer_analytics.fits import logistic_parameters


def model(dbt, session):
    days = dbt.ref("int_snapshot_dates").filter("is_scored").select("snapshot_date").fetchall()
    rows = dbt.ref("int_churn_training").arrow().read_all()
    return logistic_parameters(rows, [day for (day,) in days])
