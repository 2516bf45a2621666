"""The laws of the house that a machine can hold."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.__main__ import COMMANDS, build
from governance.method_spec import MethodSpec
from governance.methods import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("governance", "storage", "pages")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}
SOURCES = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))] + [
    path for path in [ROOT / "app.py"] if path.exists()
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_room_is_small_and_named_for_what_it_holds(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    is_page = path.parts[len(ROOT.parts)] == "pages" and "_ui" not in path.parts
    assert len(lines) <= (120 if is_page else 400)
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_function_is_longer_than_sixty_lines(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(tree)
        if node.end_lineno - node.lineno + 1 > 60
    }
    assert long == {}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_public_name_is_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if ast.get_docstring(node) is None] == []
    assert ast.get_docstring(tree) is not None


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.id)
def test_every_method_of_the_catalogue_can_be_imported_and_has_defaults(spec: MethodSpec) -> None:
    module, _, function = spec.run.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert spec.parameters() == spec.parameters()


def test_method_names_are_unique() -> None:
    names = [spec.id for spec in CATALOGUE]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_unpickled_and_no_html_is_injected(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html=True" not in text
    assert name_of(path) == "pages/_ui/drafts.py" or "unsafe_allow_javascript=True" not in text
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    allowed = {"governance/models/convert.py"}
    assert name_of(path) in allowed or not imported & {"pickle", "dill", "cloudpickle", "marshal", "shelve"}


def test_every_command_of_the_command_line_exists_once() -> None:
    names = [name for name, _ in COMMANDS]
    assert len(names) == len(set(names))
    assert build().registered_groups
