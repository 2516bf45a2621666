"""The laws of the house hold, and each of them notices when it is broken."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("check_house", ROOT / "scripts" / "check_house.py")
assert spec is not None
assert spec.loader is not None
house = importlib.util.module_from_spec(spec)
sys.modules["check_house"] = house
spec.loader.exec_module(house)

DOCUMENTED = '"""What it is."""\n'
LONG = DOCUMENTED + 'def f() -> None:\n    """Say so."""\n' + "    print()\n" * 70


def source(text: str, name: str = "governance/drift/made.py") -> house.Source:
    return house.Source(ROOT / name, name, text, ast.parse(text))


def test_the_house_holds() -> None:
    assert house.broken() == []


@pytest.mark.parametrize(
    ("law", "text", "name", "words"),
    [
        ("is_small", DOCUMENTED + "x = 1\n" * 401, "governance/drift/made.py", "402 lines"),
        ("is_small", DOCUMENTED + "x = 1\n" * 121, "pages/explore/drift/page.py", "at most 120"),
        ("is_named_for_what_it_holds", DOCUMENTED, "governance/drift/utils.py", "not called utils"),
        ("is_named_for_what_it_holds", DOCUMENTED, "pages/governance/page.py", "hides a package"),
        ("has_short_functions", LONG, "governance/drift/made.py", "f has 72 lines"),
        ("is_documented", DOCUMENTED + "def f() -> None: ...\n", "governance/drift/made.py", "says nothing of itself"),
        (
            "is_used",
            DOCUMENTED + f"def {'nobody'}_{'calls'}() -> None: ...\n",
            "governance/drift/made.py",
            "used nowhere",
        ),
        ("unpickles_nothing", DOCUMENTED + "import pickle\n", "governance/drift/made.py", "imports pickle"),
        ("unpickles_nothing", DOCUMENTED + "st.markdown(x, unsafe_allow_html=True)\n", "pages/home.py", "HTML"),
        ("unpickles_nothing", DOCUMENTED + "st.html(x, unsafe_allow_javascript=True)\n", "pages/home.py", "script"),
        (
            "names_its_arguments",
            DOCUMENTED + "f(1, 2, 3, 4, 5, 6)\n",
            "governance/drift/made.py",
            "6 values by position",
        ),
        (
            "enters_by_the_door",
            DOCUMENTED + "from governance.drift.results.report import DriftReport\n",
            "governance/workflow/made.py",
            "the door of that room is governance.drift",
        ),
    ],
)
def test_a_broken_law_is_noticed(law: str, text: str, name: str, words: str) -> None:
    found = list(getattr(house, law)(source(text, name)))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from governance.drift.results.report import DriftReport\n", "governance/drift/made.py"),
        ("from governance.drift import DriftReport\n", "governance/workflow/made.py"),
        ("from governance.statistics.auc import auc\n", "governance/workflow/made.py"),
        ("from storage.errors import CountersignError\n", "governance/evidence/made.py"),
    ],
)
def test_who_lives_in_a_room_and_who_knocks_is_let_in(text: str, name: str) -> None:
    assert list(house.enters_by_the_door(source(DOCUMENTED + text, name))) == []


def test_a_name_that_a_file_of_the_room_would_hide_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "auc.py").write_text(DOCUMENTED, encoding="utf-8")
    (tmp_path / "__init__.py").write_text(DOCUMENTED, encoding="utf-8")
    (tmp_path / "__init__.pyi").write_text("from .auc import auc as auc\n", encoding="utf-8")
    room = house.Source(tmp_path / "__init__.py", "made/__init__.py", DOCUMENTED, ast.parse(DOCUMENTED))
    assert "hides it" in next(house.has_a_door_that_opens(room))


def test_a_file_of_a_package_below_the_door_is_offered_only_when_that_package_hands_it_on(tmp_path: Path) -> None:
    below = tmp_path / "law"
    below.mkdir()
    (below / "published.py").write_text(DOCUMENTED, encoding="utf-8")
    (below / "__init__.py").write_text(DOCUMENTED, encoding="utf-8")
    (tmp_path / "__init__.py").write_text(DOCUMENTED, encoding="utf-8")
    (tmp_path / "__init__.pyi").write_text("from .law import published as published\n", encoding="utf-8")
    room = house.Source(tmp_path / "__init__.py", "made/__init__.py", DOCUMENTED, ast.parse(DOCUMENTED))
    assert "does not attach it" in next(house.has_a_door_that_opens(room))
    attached = 'lazy_loader.attach(__name__, ["published"])\n'
    (below / "__init__.py").write_text(DOCUMENTED + attached, encoding="utf-8")
    assert list(house.has_a_door_that_opens(room)) == []


DOORS = sorted(path.parent for floor in house.FLOORS for path in (ROOT / floor).rglob("__init__.pyi"))


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_door_lists_can_be_had(door: Path) -> None:
    room = importlib.import_module(door.relative_to(ROOT).as_posix().replace("/", "."))
    listed = ast.parse((door / "__init__.pyi").read_text(encoding="utf-8")).body
    names = [alias.name for node in listed if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert names
    assert [name for name in names if not hasattr(room, name)] == []
