"""Compares the CPU time of the product marts with that of int_sessions on the same shop.

python benchmarks/products.py FOLDER: a folder with a shop and its build, as growth.py leaves them.
"""

import json
from pathlib import Path
from statistics import median

import click
from growth import PROJECT, run

# the product marts, and what is built only for them
SELECTED = ["path:models/marts/products", "int_first_orders", "int_product_conversions"]
COMPARED = "int_sessions"


def costs_of_models(folder: Path, database: Path, repetition: int) -> dict[str, float]:
    """CPU seconds of each model, built again in the finished build."""
    costs_file = folder / f"products-{repetition}.json"
    command = [str(PROJECT / "benchmarks" / "measured_build.py"), str(costs_file), "--quiet", "run"]
    run(
        [*command, "--select", *SELECTED, COMPARED],
        costs_file.with_suffix(".log"),
        SHOP_DATA=folder / "year",
        ANALYTICS_DB=database,
        DBT_TARGET_PATH=folder / "target-products",
        DBT_LOG_PATH=folder / "logs",
        DBT_PROFILES_DIR=folder,
    )
    nodes = json.loads(costs_file.read_text(encoding="utf-8"))
    return {node.split(".")[-1]: cost["cpu_seconds"] for node, cost in nodes.items()}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--database", type=click.Path(path_type=Path), help="Default: FOLDER/shop.duckdb.")
@click.option("--repeat", default=3, help="Number of measurements; the median counts.")
def main(folder: Path, database: Path | None, repeat: int) -> None:
    """Print the CPU seconds of each model; fail if the marts cost more than int_sessions."""
    folder = folder.resolve()
    database = (database or folder / "shop.duckdb").resolve()
    runs = [costs_of_models(folder, database, number) for number in range(repeat)]
    costs = {model: median(run[model] for run in runs) for model in runs[0]}
    sessions = costs.pop(COMPARED)
    for model, seconds in sorted(costs.items(), key=lambda item: -item[1]):
        print(f"{seconds:6.1f}  {model}")
    print(f"{sum(costs.values()):6.1f}  product marts in total\n{sessions:6.1f}  {COMPARED}")
    if sum(costs.values()) > sessions:
        raise click.ClickException(f"the product marts cost more than {COMPARED}")


if __name__ == "__main__":
    main()
