from customer_analytics.fits import persona_parameters

# as in the macro persona_features; the result of k-means depends on the column order
FEATURES = "recency, orders_365d, order_amount, tenure, discounted_share, returned_share"
FEATURES += ", sessions_90d"


def model(dbt, session):
    sample = dbt.ref("int_churn_features").filter("is_as_of and is_in_sample")
    return persona_parameters(sample.select(f"snapshot_date, {FEATURES}").arrow().read_all())
