from customer_analytics.fits import markov_parameters


def model(dbt, session):
    return markov_parameters(dbt.ref("int_path_transitions").arrow().read_all())
