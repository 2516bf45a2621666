"""Hold the laws of the house that a machine can hold: `python scripts/check_house.py`, run by `make lint`.

Each law is a function from one source file to the sentences that it breaks; a new law is one function and one line in `LAWS`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FLOORS: Final = ("governance", "storage", "pages")
FORBIDDEN_NAMES: Final = {"utils", "helpers", "common", "manager", "misc"}
SPOKEN_IN: Final = {".py", ".pyi", ".md", ".toml", ".ipynb"}
MOST_LINES: Final = 400
MOST_LINES_OF_A_PAGE: Final = 120
MOST_LINES_OF_A_FUNCTION: Final = 60
MOST_BY_POSITION: Final = 5
UNPICKLERS: Final = {"pickle", "dill", "cloudpickle", "marshal", "shelve"}
READS_PICKLES_ON_REQUEST: Final = "governance/models/convert/"
"""Conversion outside the server, after `--i-trust-this-file`."""
SCRIPTED: Final = {"pages/_ui/drafts.py", "pages/shell/history.py", "pages/_ui/charts/picture_file.py"}
"""The parts that bring a script of their own (docs/adr/0011, docs/adr/0016, docs/adr/0022)."""
GROUND: Final = {"storage.errors", "storage.times", "storage.ledger.canonical"}
"""What storage and governance share (docs/adr/0014)."""
CALLS_BY_POSITION: Final = {"submit", "datetime"}
"""Of other libraries: they take a function's own arguments by position."""
COMPILED: Final = (
    "governance/explain/trees/",
    "governance/stress/engines/tree_walk.py",
    "governance/stress/search.py",
    "governance/stress/rank_pairs.py",
)
"""Loops that numba compiles take their arrays by position."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the product."""

    path: Path
    name: str
    """Path below the root, with slashes."""
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def sources() -> Iterator[Source]:
    """Yield every file of the product."""
    paths = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    for path in [*paths, ROOT / "app.py"]:
        text = path.read_text(encoding="utf-8")
        yield Source(path, path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def is_small(source: Source) -> Iterator[str]:
    """A room is small: a page is a table of contents."""
    lines = source.text.count("\n")
    most = MOST_LINES_OF_A_PAGE if source.path.stem in {"page", "home", "_shell"} else MOST_LINES
    if lines > most:
        yield f"{lines} lines, at most {most}"


def is_named_for_what_it_holds(source: Source) -> Iterator[str]:
    """What would be called utils belongs somewhere else, and no folder of pages hides a package of the product."""
    if source.path.stem in FORBIDDEN_NAMES:
        yield f"a room is not called {source.path.stem}"
    if source.name.startswith("pages/") and {"governance", "storage", "pages", "app"} & set(
        source.path.parts[len(ROOT.parts) + 1 :]
    ):
        yield "a folder inside pages hides a package of the same name: Streamlit puts pages/ first on the path"


def has_short_functions(source: Source) -> Iterator[str]:
    """No function is longer than a screen."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{node.name} has {lines} lines, at most {MOST_LINES_OF_A_FUNCTION}"


def is_documented(source: Source) -> Iterator[str]:
    """Every public name says what it is."""
    if ast.get_docstring(source.tree) is None:
        yield "the file says nothing of itself"
    for node in source.tree.body:
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
            "_"
        )
        if named and ast.get_docstring(node) is None:
            yield f"{node.name} says nothing of itself"


def unpickles_nothing(source: Source) -> Iterator[str]:
    """Models are never unpickled, and no markup of others is drawn."""
    imported = {alias.name for node in ast.walk(source.tree) if isinstance(node, ast.Import) for alias in node.names}
    if imported & UNPICKLERS and not source.name.startswith(READS_PICKLES_ON_REQUEST):
        yield f"imports {', '.join(sorted(imported & UNPICKLERS))}"
    if "unsafe_allow_html=True" in source.text:
        yield "draws HTML that is not checked"
    if "unsafe_allow_javascript=True" in source.text and source.name not in SCRIPTED:
        yield "brings a script of its own"


def names_its_arguments(source: Source) -> Iterator[str]:
    """A call with many values names them: nobody counts to seven."""
    if source.name.startswith(COMPILED):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _called(node) not in CALLS_BY_POSITION:
            count = sum(not isinstance(argument, ast.Starred) for argument in node.args)
            if count > MOST_BY_POSITION:
                yield f"line {node.lineno}: {count} values by position, at most {MOST_BY_POSITION}"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def enters_by_the_door(source: Source) -> Iterator[str]:
    """Outsiders import what a room's `__init__` offers, or the verb of a file that bears its name; nothing else behind the door."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            room = _room_of(node.module)
            own = {alias.name for alias in node.names} == {node.module.rpartition(".")[2]}
            outside = room and room != node.module and not f"{source.module}.".startswith(f"{room}.")
            if outside and not own and node.module not in GROUND:
                yield f"line {node.lineno}: imports {node.module}; the door of that room is {room}"


@cache
def _room_of(module: str) -> str:
    """Return the innermost package around `module` that has a door (an `__init__.pyi`), or nothing."""
    parts = module.split(".")
    for size in range(len(parts), 0, -1):
        if (ROOT.joinpath(*parts[:size]) / "__init__.pyi").exists():
            return ".".join(parts[:size])
    return ""


def has_a_door_that_opens(source: Source) -> Iterator[str]:
    """What a door lists exists, and a name that it offers is not hidden by a file of the same name."""
    stub = source.path.with_suffix(".pyi")
    if source.path.name != "__init__.py" or not stub.exists():
        return
    files = {path.stem for path in source.path.parent.glob("*.py")} | {
        path.name for path in source.path.parent.iterdir() if path.is_dir()
    }
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if node.module and alias.name in files:
                yield f"the door offers {alias.name} of {node.module}, but a file of that name stands in the room and hides it"
            if node.module and not _hands_on(source.path.parent.joinpath(*node.module.split(".")), alias.name):
                yield f"the door offers the file {alias.name} of {node.module}, whose own __init__ does not attach it"


def _hands_on(package: Path, name: str) -> bool:
    """Say whether a package below a door yields `name` unasked: a file of its own is there only once somebody imported it."""
    own = package / f"{name}.py"
    return not own.exists() or f'"{name}"' in (package / "__init__.py").read_text(encoding="utf-8")


def is_used(source: Source) -> Iterator[str]:
    """What is defined is spoken of somewhere: in the product, its tests, its documents."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("__"):
            continue
        if words_of_the_house()[node.name] <= 1 and not _is_handed_over(node):
            yield f"{node.name} is used nowhere"


def _is_handed_over(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Say whether a decorator takes the function over, as commands and validators are."""
    return any(isinstance(item, ast.Call | ast.Attribute) for item in node.decorator_list)


@cache
def words_of_the_house() -> Counter[str]:
    """Return how often each name stands in the project's files."""
    folders = (*FLOORS, "tests", "benchmarks", "scripts", "docs", "examples")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in SPOKEN_IN]
    counted: Counter[str] = Counter()
    for path in [*paths, ROOT / "app.py", ROOT / "pyproject.toml"]:
        counted.update(re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")))
    return counted


LAWS: Final[tuple[Callable[[Source], Iterator[str]], ...]] = (
    is_small,
    is_named_for_what_it_holds,
    has_short_functions,
    is_documented,
    unpickles_nothing,
    names_its_arguments,
    enters_by_the_door,
    has_a_door_that_opens,
    is_used,
)


def broken() -> list[str]:
    """Return every broken law, one line each."""
    return [f"{source.name}: {words}" for source in sources() for law in LAWS for words in law(source)]


def main() -> int:
    """Print what is broken; 1 when anything is."""
    lines = broken()
    sys.stdout.write("".join(f"{line}\n" for line in lines) or f"The house holds: {len(LAWS)} laws.\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
