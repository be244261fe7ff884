from customer_analytics.fits import gamma_gamma_parameters


def model(dbt, session):
    return gamma_gamma_parameters(dbt.ref("int_gamma_gamma_groups").arrow().read_all())
