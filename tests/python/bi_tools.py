"""What a BI tool sees of the marts: it asks SQLAlchemy, as Superset and many others do."""

from typing import Any

import sqlalchemy as sa
from dbt.contracts.graph.manifest import Manifest
from warehouse import PUBLIC_SCHEMAS

# the first that holds tells the type: a big integer is an integer, too
TYPES = {
    sa.Boolean: "boolean",
    sa.BigInteger: "bigint",
    sa.Integer: "integer",
    sa.Float: "double precision",
    sa.Numeric: "numeric({0.precision},{0.scale})",
    sa.DateTime: "timestamp",
    sa.Date: "date",
    sa.String: "string",
}

Mart = dict[str, Any]


def marts_seen(engine: sa.Engine, prefix: str = "") -> dict[str, Mart]:
    """Comment and columns (type, comment) of all tables in the schemas of marts, by schema.name.

    prefix: what the names of the schemas begin with.
    """
    found = {}
    for schema in PUBLIC_SCHEMAS:
        catalogue = sa.MetaData()
        catalogue.reflect(engine, schema=prefix + schema, views=True)
        for table in catalogue.tables.values():
            columns = {
                column.name: (_type_name(column.type), (column.comment or "").strip())
                for column in table.columns
            }
            comment = (table.comment or "").strip()
            found[f"{schema}.{table.name}"] = {"comment": comment, "columns": columns}
    return found


def marts_promised(manifest: Manifest) -> dict[str, Mart]:
    """The same as the contracts of the marts say it."""
    return {
        f"{node.config.schema}.{node.name}": {
            "comment": node.description.strip(),
            "columns": {
                column.name: (column.data_type, column.description.strip())
                for column in node.columns.values()
            },
        }
        for node in manifest.nodes.values()
        if node.resource_type == "model" and node.config.schema in PUBLIC_SCHEMAS
    }


def _type_name(column_type: sa.types.TypeEngine) -> str:
    for kind, name in TYPES.items():
        if isinstance(column_type, kind):
            return name.format(column_type)
    return str(column_type)
