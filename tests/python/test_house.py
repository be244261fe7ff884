"""The size of the project: number of models, depth, text. The limits are those of the design."""

from functools import cache
from pathlib import Path

import yaml
from dbt.contracts.graph.manifest import Manifest
from warehouse import PROJECT, Warehouse

# 140 models for the 45 marts of the design; a mart since then may bring itself and one more
MOST_MODELS, MARTS_OF_DESIGN = 140, 45
# models on the longest path that ends with one of these, input models not counted
DEEPEST = {"fct_orders": 8, "dim_customers": 15}
DEEPEST_MODEL = 20
MOST_MACROS = 90
MOST_LINES_OF_PROJECT_FILE = 100
LAYERS = ("marts", "intermediate", "staging")


def models(manifest: Manifest) -> dict[str, list[str]]:
    """Models without the input models: the models that each reads."""
    own = {
        name: node
        for name, node in manifest.nodes.items()
        if node.resource_type == "model" and not node.name.startswith("input_shop__")
    }
    return {
        name: [parent for parent in node.depends_on.nodes if parent in own]
        for name, node in own.items()
    }


def test_number_of_models_and_depth(warehouse: Warehouse) -> None:
    """Counted in the manifest, without input models."""
    parents = models(warehouse.manifest())

    @cache
    def depth(name: str) -> int:
        return 1 + max((depth(parent) for parent in parents[name]), default=0)

    depths = {name.split(".")[-1]: depth(name) for name in parents}
    nodes = warehouse.manifest().nodes
    marts = sum(nodes[name].fqn[1] == "marts" for name in parents)
    assert len(parents) <= MOST_MODELS + 2 * (marts - MARTS_OF_DESIGN)
    assert max(depths.values()) <= DEEPEST_MODEL, max(depths, key=depths.get)
    assert {name: depths[name] for name, most in DEEPEST.items() if depths[name] > most} == {}


def test_models_read_only_earlier_layers(warehouse: Warehouse) -> None:
    """Marts may read marts; intermediate models read no mart, staging no intermediate model."""
    nodes = warehouse.manifest().nodes
    wrong = [
        f"{name} reads {parent}"
        for name, read in models(warehouse.manifest()).items()
        for parent in read
        if LAYERS.index(nodes[name].fqn[1]) > LAYERS.index(nodes[parent].fqn[1])
    ]
    assert wrong == []


def test_every_model_is_a_view_or_a_table(warehouse: Warehouse) -> None:
    """A build keeps no state."""
    nodes = warehouse.manifest().nodes.values()
    kinds = {node.config.materialized for node in nodes if node.resource_type == "model"}
    assert kinds == {"view", "table"}


def test_number_of_macros(warehouse: Warehouse) -> None:
    """Warehouse variants are not counted."""
    own = [
        m for m in warehouse.manifest().macros.values() if m.package_name == "customer_analytics"
    ]
    entries = {
        macro.name for macro in own if "__" not in macro.name and not macro.name.startswith("test_")
    }
    assert len(entries) <= MOST_MACROS, sorted(entries)


def test_lines_of_yaml_do_not_exceed_lines_of_sql() -> None:
    """Lines of properties and unit tests against lines of models; and the project file is short."""
    lines = {
        ending: sum(map(count_lines, (PROJECT / "models").rglob(f"*.{ending}")))
        for ending in ("yml", "sql")
    }
    assert lines["yml"] <= lines["sql"]
    assert count_lines(PROJECT / "dbt_project.yml") <= MOST_LINES_OF_PROJECT_FILE


def count_lines(file: Path) -> int:
    """Lines of a file."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_package_and_project_have_the_same_version() -> None:
    """The package and the dbt project are one product."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert f'version = "{project["version"]}"' in (PROJECT / "pyproject.toml").read_text(
        encoding="utf-8"
    )
