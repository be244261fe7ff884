from customer_analytics.fits import persona_parameters


def model(dbt, session):
    return persona_parameters(
        dbt.ref("int_persona_features").filter("is_in_sample").arrow().read_all()
    )
