"""Stored attributions and the rows that they belong to, as pages draw them."""

from __future__ import annotations

from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from governance.evidence import CountersignError, Evidence, encode
from governance.explain import Importance, features, importance_of, sample
from governance.runs import Done, Task, execute, live, open_data, read_array
from governance.workflow.workspace import current_workspace, subjects
from pages._ui import errors, tongue
from pages._ui.choices import Picked

if TYPE_CHECKING:
    import pyarrow as pa

_UNNOTICED: Final = 0.15
"""Seconds that drawing waits for an answer, so that everything changes at once."""
_AT_ONCE: Final = 0.7
_PATIENCE: Final = 120.0
DOTS = 1500
"""Rows that charts of dots show at most."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Attributions of all rows of a data set, and which of them the cohort holds."""

    table: pa.Table
    """Memory-mapped."""
    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    """Positions of the cohort's rows."""
    cohort: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that have attributions."""
        return features(self.table)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of raw columns among them; those of players of several columns are taken apart, too."""
        return tuple(dict.fromkeys(part for name in self.names for part in (name, *name.split(" + "))))

    def shares(self, at: np.ndarray[Any, np.dtype[np.intp]]) -> pd.DataFrame:
        """Return the attributions of the rows at these positions."""
        return pd.DataFrame(self.table.select(list(self.names)).take(at).to_pandas())


def everyone(subject: Picked) -> Picked:
    """Return the subject without its cohort: attributions are computed once, and cohorts are cut out of them."""
    return replace(subject, cohort="")


def stored(evidence: Evidence, subject: Picked) -> Stored:
    """Return the attributions that an explanation of all rows left, with the cohort's positions."""
    place = current_workspace.current()
    table = read_array(place.blobs.path_of(evidence.blobs["attributions"]))
    return Stored(table, positions(subject, subject.cohort), subject.cohort)


def positions(subject: Picked, cohort: str) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the positions of the rows of a cohort.

    Raises:
        RefusedInputError: the cohort cannot be read or names a missing column.
    """
    return np.asarray(open_data(subjects.data_file(current_workspace.current(), subject.data, cohort)).positions())


def importance(found: Stored, rows: np.ndarray[Any, np.dtype[np.intp]] | None = None) -> tuple[Importance, ...]:
    """Return the importances over some rows of what is stored, over the cohort's without `rows`."""
    return importance_of(found.table, found.rows if rows is None else rows)


def classes(subject: Picked) -> tuple[str, ...]:
    """Return the classes of the model, the one that is explained without asking first; () for a model of a number or none."""
    if not subject.model:
        return ()
    place = current_workspace.current()
    named = subjects.model_file(place, subject.model).signature.classes
    if not named:
        return ()
    positive = subjects.data_file(place, subject.data, label=subject.label).schema.positive if subject.data else ""
    first = positive if positive in named else named[-1]
    return (first, *(name for name in named if name != first))


@st.cache_data(max_entries=16, show_spinner=False)
def values(digest: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a registered data set, all rows; kept while the app runs, since data sets never change."""
    data = open_data(subjects.data_file(current_workspace.current(), digest))
    return data.frame(tuple(name for name in names if name in data.columns))


def threshold(subject: Picked) -> float:
    """Return the score from which on a row is selected."""
    return subjects.data_file(current_workspace.current(), subject.data).schema.threshold


def line(subject: Picked, target: str) -> float | None:
    """Return the threshold where an answer for `target` is held against it: of two classes the one that is selected; else None."""
    named = classes(subject)
    return threshold(subject) if len(named) == 2 and target == named[0] else None


def dots(found: Stored) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the positions of rows that charts of dots show: explained ones, spread evenly over the cohort."""
    valid = found.table.column("model_output").is_valid().to_numpy()
    rows = found.rows[valid[found.rows]]
    return np.asarray(rows[sample(len(rows), DOTS)])


def question(method: str, subject: Picked) -> Task:
    """Return a passing question about a subject, to be asked with `begin` as often as its parameters change."""
    choice = subjects.Choice(
        model=subject.model,
        data=subject.data,
        reference=subject.reference,
        cohort=subject.cohort,
        label=subject.label,
    )
    return subjects.task(current_workspace.current(), method, choice)


def begin(asked: Task, parameters: Any) -> Future[Done]:
    """Put a question to a warm worker, which computes the answer at once; it is not recorded."""
    return live().submit(execute, replace(asked, parameters=encode(parameters)))


def glance(asked: Future[Done]) -> None:
    """Wait for an answer as long as nobody would notice."""
    wait((asked,), _UNNOTICED)


def answer(asked: Future[Done]) -> Evidence | None:
    """Return the answer to a question; words when it is refused."""
    try:
        return _soon(asked).evidence
    except CountersignError as error:
        errors.advise(error)
    except TimeoutError:
        asked.cancel()
        errors.advise(CountersignError("The answer did not come in two minutes.", "Reload the page to ask again."))
    return None


def _soon(asked: Future[Done]) -> Done:
    """Return an answer that usually comes at once; the first one of a model waits for its tables, and says so."""
    try:
        return asked.result(timeout=_AT_ONCE)
    except TimeoutError:
        if asked.done():  # the question itself ran out of time
            raise
    with st.spinner(tongue.say("Opening the model for questions…")):
        return asked.result(timeout=_PATIENCE)
