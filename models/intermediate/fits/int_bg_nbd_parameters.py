from customer_analytics.fits import bg_nbd_parameters


def model(dbt, session):
    return bg_nbd_parameters(dbt.ref("int_bg_nbd_groups").arrow().read_all())
