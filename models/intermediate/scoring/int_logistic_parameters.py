from customer_analytics.fits import logistic_parameters


def model(dbt, session):
    days = dbt.ref("int_snapshot_dates").filter("is_scored").select("snapshot_date").fetchall()
    rows = dbt.ref("int_churn_features").filter("is_in_sample and churned is not null")
    return logistic_parameters(rows.arrow().read_all(), [day for (day,) in days])
