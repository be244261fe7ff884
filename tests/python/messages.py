"""Collects every text that a user can meet: errors, problems of the input, output and help."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click
import jinja2
from dbt_common.clients.jinja import get_environment
from jinja2 import nodes
from warehouse import PROJECT

from customer_analytics.cli import cli

# calls that print their first argument
PRINTERS = {"print", "click.echo", "console.print", "warnings.warn"}
# calls that end a command with their argument, besides exceptions
STOPS = {"_stop"}
# names, reviews and journeys of synthetic shops; the other modules of the simulator talk to users
DATA = {"catalogue", "events", "respelling", "reviews", "seasons", "visits", "world"}
# calls of dbt's Jinja that end or interrupt a run
DBT_ERRORS = {"raise_compiler_error", "warn"}
CODE = re.compile(
    r"^\s*(select|describe|drop|create|attach|set|with)\b|\(\?P<|\w\(|^\^|=true|\(\?=|^ as "
)


@dataclass(frozen=True, order=True)
class Message:
    """A text with {placeholders}; kind: error, problem, output, help or part of another message."""

    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind:8}{self.file}:{self.line}: {self.text}"


@cache
def all_messages() -> tuple[Message, ...]:
    """All messages of the package, of its command line and of the macros."""
    found = [message for file in python_files() for message in _Module(file).messages()]
    for folder in ("macros", "models", "tests/generic"):
        for file in sorted((PROJECT / folder).rglob("*.sql")):
            found += _jinja_messages(file)
    helps = list(_help_of(cli, "customer-analytics"))
    shown = {message.text for message in helps}
    return tuple(sorted({*helps, *(message for message in found if message.text not in shown)}))


def python_files() -> list[Path]:
    """The modules of the package."""
    return sorted((PROJECT / "customer_analytics").rglob("*.py"))


# -- Python ---------------------------------------------------------------------------------------


@cache
def _exceptions() -> set[str]:
    """Names of all exception classes: of Python, of click and of the package."""
    names = {
        name
        for library in (builtins, click)
        for name, what in vars(library).items()
        if isinstance(what, type) and issubclass(what, Exception)
    }
    classes = [
        node
        for file in python_files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    while (
        new := {one.name for one in classes if names & {ast.unparse(base) for base in one.bases}}
        - names
    ):
        names |= new
    return names


class _Module:
    """The messages of one module."""

    def __init__(self, file: Path) -> None:
        self.name = file.relative_to(PROJECT).as_posix()
        self.tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        self.functions = {function.name: function for function in functions}
        self.rendered: set[int] = set()
        # an error that is caught here and put into another message
        self.wrappers = {
            ast.unparse(handler.type): handler
            for handler in ast.walk(self.tree)
            if isinstance(handler, ast.ExceptHandler) and handler.type is not None
        }

    def messages(self) -> Iterator[Message]:
        """Errors, problems and output, then all other literals that are sentences or parts."""
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._call(node)
            elif isinstance(node, ast.Yield) and isinstance(node.value, ast.JoinedStr):
                yield from self._say(node.value, "problem")
        if Path(self.name).stem in DATA:
            return
        # a text before its parts: ast.walk goes from the outside to the inside
        for node in ast.walk(self.tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if (is_text or isinstance(node, ast.JoinedStr)) and id(node) not in (
                docstrings | self.rendered
            ):
                for text in self._texts(node):
                    literal = re.sub(r"{.*?}", "", text)
                    if len(literal.split()) > 2 and not CODE.search(text):
                        yield Message(self.name, node.lineno, "part", text)

    def _call(self, node: ast.Call) -> Iterator[Message]:
        name = ast.unparse(node.func)
        arguments = [*node.args[:1]]
        if isinstance(node.func, ast.IfExp) or name in STOPS:
            yield from self._say(node.args[0], "error")
        elif name.split(".")[-1] in _exceptions() and name.split(".")[0] != "duckdb":
            for argument in arguments:
                yield from self._say(argument, "error", self._wrapper_of(name))
        elif name.endswith("problems.append"):
            yield from self._say(node.args[0], "problem")
        elif name in PRINTERS or name.endswith((".add_task", "progress.update")):
            arguments += [one.value for one in node.keywords if one.arg == "description"]
            for argument in arguments:
                yield from self._say(argument, "output")

    def _wrapper_of(self, error: str) -> str:
        """What the handler of an error writes before its message: '{table.name}: {file} '."""
        handler = self.wrappers.get(error)
        for node in ast.walk(handler) if handler else ():
            if isinstance(node, ast.JoinedStr):
                text = self._texts(node)[0]
                if text.endswith(f"{{{handler.name}}}"):
                    return text.removesuffix(f"{{{handler.name}}}")
        return ""

    def _say(self, node: ast.expr, kind: str, before: str = "") -> Iterator[Message]:
        for text in self._texts(node):
            if re.search(r"[^\W\d_]{2}", re.sub(r"{.*?}", "", text)):
                yield Message(self.name, node.lineno, kind, before + text)

    def _texts(self, node: ast.expr) -> list[str]:
        """All variants of a text, with the code of everything else as {placeholders}."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.rendered.add(id(node))
            return [node.value]
        if isinstance(node, ast.JoinedStr):
            self.rendered.add(id(node))
            return _joined([self._texts(value) for value in node.values])
        if isinstance(node, ast.FormattedValue):
            return self._texts(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _joined([self._texts(node.left), self._texts(node.right)])
        if isinstance(node, ast.IfExp):
            return self._texts(node.body) + self._texts(node.orelse)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in self.functions:
            results = [
                text
                for one in ast.walk(self.functions[ast.unparse(node.func)])
                if isinstance(one, ast.Return) and one.value is not None
                for text in self._texts(one.value)
            ]
            # a function that returns no words is a placeholder like any other code
            if any(" " in re.sub(r"{.*?}", "", text).strip() for text in results):
                return list(dict.fromkeys(results))
        return [f"{{{ast.unparse(node)}}}"]


def _joined(parts: list[list[str]]) -> list[str]:
    """Join parts, so that each variant of a part occurs in at least one text."""
    most = max(map(len, parts), default=0)
    return ["".join(part[min(number, len(part) - 1)] for part in parts) for number in range(most)]


# -- Jinja ----------------------------------------------------------------------------------------


@cache
def _jinja() -> jinja2.Environment:
    return get_environment(None)


def _jinja_messages(file: Path) -> Iterator[Message]:
    tree = _jinja().parse(file.read_text(encoding="utf-8"))
    name = file.relative_to(PROJECT).as_posix()
    for scope in list(tree.find_all(nodes.Macro)) or [tree]:
        assigned = {
            one.target.name: one.node
            for one in scope.find_all(nodes.Assign)
            if isinstance(one.target, nodes.Name)
        }
        for call in scope.find_all(nodes.Call):
            kind = _kind_of(call)
            for text in _jinja_texts(call.args[0], assigned) if kind else ():
                if re.search(r"[^\W\d_]{2}", re.sub(r"{.*?}", "", text)):
                    yield Message(name, call.lineno, kind, text)


def _kind_of(call: nodes.Call) -> str | None:
    """The kind of message of a call; None if it is another call."""
    said = isinstance(call.node, nodes.Name) and call.node.name == "log"
    if said and any(one.key == "info" for one in call.kwargs):
        return "output"
    if isinstance(call.node, nodes.Getattr):
        if call.node.attr in DBT_ERRORS:
            return "error"
        if call.node.attr == "append" and _code(call.node.node).endswith("problems"):
            return "problem"
    return None


def _jinja_texts(node: nodes.Node, assigned: dict[str, nodes.Node]) -> list[str]:
    """All variants of a text, with the code of everything else as {placeholders}."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, nodes.Concat):
        return _joined([_jinja_texts(one, assigned) for one in node.nodes])
    if isinstance(node, nodes.CondExpr):
        no = nodes.Const("") if node.expr2 is None else node.expr2
        return _jinja_texts(node.expr1, assigned) + _jinja_texts(no, assigned)
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Dict):
        return [text for pair in node.node.items for text in _jinja_texts(pair.value, assigned)]
    if isinstance(node, nodes.Name) and node.name in assigned:
        value = assigned[node.name]
        if isinstance(value, (nodes.Concat, nodes.Getitem)):
            others = {name: one for name, one in assigned.items() if name != node.name}
            return _jinja_texts(value, others)
    return [f"{{{_code(node)}}}"]


def _code(node: nodes.Node) -> str:
    """The code of a placeholder, shortened."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_code(node.node)}.{node.attr}"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _code(node.node)
    if isinstance(node, nodes.Call):
        arguments = [repr(one.value) for one in node.args if isinstance(one, nodes.Const)]
        return f"{_code(node.node)}({', '.join(arguments)})"
    return type(node).__name__.lower()


# -- help -----------------------------------------------------------------------------------------


def _help_of(command: click.Command, name: str) -> Iterator[Message]:
    """The help of a command, of its options and of its commands."""
    yield Message(name, 0, "help", " ".join((command.help or "").split()))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_eager:
            yield Message(f"{name} {parameter.opts[0]}", 0, "help", parameter.help or "")
    for child in getattr(command, "commands", {}).values():
        yield from _help_of(child, f"{name} {child.name}")
