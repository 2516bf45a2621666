"""List the sentences that the catalogue must hold, and say which translations are missing or no longer used.

Every sentence that a voice says stands as a text in the call (`voice.say("...")`, `voice.count(n, "one", "other")`) or in `mark("...")`;
names of metrics, methods, pages and outcomes come from their lists. Exit code 1 when a catalogue and the code differ.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from governance.dossier import report  # noqa: E402
from governance.language import LANGUAGES, catalogue  # noqa: E402
from governance.review import events  # noqa: E402
from governance.runs import CATALOGUE  # noqa: E402
from governance.statistics import metric_list  # noqa: E402
from pages._ui.badges import VERDICTS  # noqa: E402
from pages._ui.navigation import ENTRIES  # noqa: E402

TIERS = ("high", "limited", "minimal")
HEADS = ("words", "figures", "share", "amount", "count")
"""Functions of `pages._ui.tables` that name the head of a column, which is said when the table is drawn."""
MEASURED = ("interval_bars", "interval_dots")
"""Functions of `pages._ui.charts.base` that name what is measured,"""
MEASURED_BY = 4
"""and the argument in which they do."""
Key = str | tuple[str, str]


def used() -> set[Key]:
    """Return every sentence of the code, counted ones as (one, other)."""
    found: set[Key] = {metric.label for metric in metric_list.METRICS}
    found |= {text for spec in CATALOGUE for text in (spec.title, spec.question)} | {
        look.word for look in VERDICTS.values()
    }
    found |= {item.title for item in ENTRIES} | {item.group for item in ENTRIES if item.group}
    found |= {*events.MEANINGS.values(), *TIERS, *report.HEADS, *report.SAID}
    for folder in ("governance", "pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(_of(ast.parse(path.read_text("utf-8"))))
    return found


def _of(tree: ast.AST) -> Iterator[Key]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        by_voice = isinstance(node.func, ast.Attribute) and name == "say"
        if (by_voice or (isinstance(node.func, ast.Name) and name == "mark")) and node.args:
            yield from _texts(node.args[0])
        of_tables = isinstance(node.func, ast.Name) or ast.unparse(node.func).startswith("tables.")
        if name in HEADS and of_tables and 1 <= len(node.args) <= 2 and isinstance(node.args[0], ast.Constant):
            yield from _texts(node.args[0])
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "alt":
            yield from (text for word in node.keywords if word.arg == "title" for text in _title(word.value))
        for place, drawn in enumerate(
            (node.func, *node.args)
        ):  # called, or handed to `laid` with its arguments behind it
            if ast.unparse(drawn).removeprefix("base.") in MEASURED and len(node.args) >= place + MEASURED_BY:
                yield from _title(node.args[place + MEASURED_BY - 1])
        if name == "count" and len(node.args) == 3:
            one, other = (list(_texts(item)) for item in node.args[1:])
            yield from zip(one, other, strict=True)


def _title(node: ast.expr) -> Iterator[str]:
    """Yield the words of a chart's title; of one with a unit or a name in it, the words before and behind."""
    if isinstance(node, ast.JoinedStr):
        parts = (str(item.value).strip(", ") for item in node.values if isinstance(item, ast.Constant))
        yield from filter(None, parts)
    else:
        yield from filter(None, _texts(node))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def main() -> int:
    """Print what each catalogue lacks as entries to fill in, and what it holds in vain."""
    wanted, wrong = used(), False
    for language in LANGUAGES:
        if language == "en":
            continue
        held = catalogue(language)
        has: set[Key] = {*held.sentences, *held.counted}
        for key in sorted(wanted - has, key=str):
            sys.stdout.write(f"\n{_entry(key)}\n")
        for key in sorted(has - wanted, key=str):
            sys.stdout.write(f"# {language}: nobody says {key!r}\n")
        wrong = wrong or wanted != has
    return int(wrong)


def _entry(key: Key) -> str:
    quoted = [json.dumps(item, ensure_ascii=False) for item in ([key] if isinstance(key, str) else key)]
    if len(quoted) == 1:
        return f'msgid {quoted[0]}\nmsgstr ""'
    return f'msgid {quoted[0]}\nmsgid_plural {quoted[1]}\nmsgstr[0] ""\nmsgstr[1] ""'


if __name__ == "__main__":
    sys.exit(main())
