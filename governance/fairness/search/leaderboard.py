"""Leaderboards of other people's searches: the names of the models, and what the search itself said of each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from governance.evidence import RefusedInputError, unknown_choice

Kind: TypeAlias = Literal["flaml", "optuna", "autogluon", "mljar", "csv"]
COLUMNS: Final[Mapping[Kind, tuple[str, str]]] = {
    "flaml": ("record_id", "validation_loss"),
    "optuna": ("number", "value"),
    "autogluon": ("model", "score_val"),
    "mljar": ("name", "metric_value"),
    "csv": ("model", "score"),
}
"""Kind -> (field with the name of a model, field with the search's own figure): FLAML 2 writes lines of JSON (`log_file_name`), Optuna's is
`study.trials_dataframe().to_csv()`, AutoGluon's `predictor.leaderboard().to_csv()`, mljar's `leaderboard.csv`."""
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of a leaderboard."""

    name: str
    own: str
    """What the search said of it, as it stands in the file; "" when nothing."""


def read(text: str, kind: str) -> tuple[Entry, ...]:
    """Return the models of a leaderboard in the file's order.

    Raises:
        RefusedInputError: an unknown kind, no such field, no model, or one name twice.
    """
    if kind not in COLUMNS:
        raise unknown_choice("kind of leaderboard", kind, tuple(COLUMNS))
    name, own = COLUMNS[cast("Kind", kind)]
    rows = _lines(text) if kind == "flaml" else _table(text, name)
    found = [Entry(_plain(row.get(name)), _plain(row.get(own))) for row in rows if _plain(row.get(name))]
    names = [item.name for item in found]
    twice = sorted({item for item in names if names.count(item) > 1}) if len(names) <= MOST else []
    if not 1 <= len(found) <= MOST or twice:
        what = f"It names the model {twice[0][:60]!r} twice." if twice else f"It names {len(found):,} models."
        raise RefusedInputError(what, f"Expected 1 to {MOST:,} models, each with its own {name!r}.")
    return tuple(found)


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip()


def _lines(text: str) -> list[dict[str, object]]:
    """Return the records of lines of JSON; the closing line, which repeats the best one, has no `record_id`."""
    found: list[dict[str, object]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RefusedInputError(f"Line {number:,} is not JSON.", "Give the log that FLAML wrote.") from error
        if isinstance(value, dict) and "record_id" in value:
            found.append(value)
    return found


def _table(text: str, name: str) -> list[dict[str, object]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        header = [item.strip() for item in reader.fieldnames or ()]
        if name not in header:
            raise unknown_choice("column of the leaderboard", name, tuple(header))
        reader.fieldnames = header
        return [dict(row) for row in reader]
    except csv.Error as error:
        raise RefusedInputError(f"It is not a table with commas: {error}.", "Save the leaderboard as CSV.") from error
