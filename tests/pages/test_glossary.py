"""Every word of the trade that a page uses is explained in the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages._ui import glossary

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = {"words", "figures", "share", "amount", "count", "figure"}
TRADE = (
    "Benjamini-Hochberg", "bootstrap", "Brier", "cumulative gains", "DeLong", "Gower", "Holm", "influence function", "lift", "LIME",
    "log-odds", "quantile", "recall", "ROC", "Shapley", "Wasserstein", "Wilson", "Student",
)  # fmt: skip
"""Words that nobody knows who was not taught them; a page that uses one needs it in the glossary."""


def calls(tree: ast.AST) -> Iterator[str]:
    """Yield the terms that columns and figures of tables are looked up by."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in COLUMNS:
            continue
        named = [item.value for item in node.keywords if item.arg == "term"]
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "tables":
            named += node.args[1:2] if node.func.attr != "figure" else node.args[2:3]
        yield from (item.value for item in named if isinstance(item, ast.Constant) and isinstance(item.value, str))


def drawn(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a file that are no docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def files() -> list[Path]:
    rooms = sorted((ROOT / "governance").rglob("*words.py")) + sorted((ROOT / "governance/performance").glob("*.py"))
    return [*sorted((ROOT / "pages").rglob("*.py")), *rooms]


def test_every_term_that_a_table_looks_up_has_an_entry() -> None:
    found = {term for path in files() for term in calls(ast.parse(path.read_text("utf-8")))} - {""}
    assert len(found) >= 9  # the finder still finds
    assert {term for term in found if glossary.about(term) is None} == set()


@pytest.mark.parametrize("word", TRADE)
def test_a_word_of_the_trade_is_explained_or_not_used(word: str) -> None:
    explained = " ".join((*glossary.known(), *(glossary.about(term) or "" for term in glossary.known()))).casefold()
    seen = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    users = [
        path.name for path in files() if any(seen.search(text) for text in drawn(ast.parse(path.read_text("utf-8"))))
    ]
    assert not users or word.casefold() in explained, f"{word} is used in {users} and explained nowhere"


def test_a_method_of_an_interval_leads_to_its_terms() -> None:
    assert glossary.methods("Wilson, mapped") == ("Wilson",)
    assert glossary.methods("influence function") == ("influence function",)
    assert glossary.methods("") == ()
