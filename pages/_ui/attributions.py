"""Stored attributions and the rows that they belong to, as pages draw them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from governance.codec import encode
from governance.compute import executor
from governance.errors import GovernanceError
from governance.evidence import Evidence
from governance.explain.report import Certificate
from governance.explain.summary import features, sample
from governance.run import execute, open_data, read_array
from governance.workflow import places, subjects
from pages._ui import errors
from pages._ui.subject import Picked
from pages._ui.text import number, plain

if TYPE_CHECKING:
    import pyarrow as pa

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

    def shares(self, at: np.ndarray[Any, np.dtype[np.intp]]) -> pd.DataFrame:
        """Return the attributions of the rows at these positions."""
        return pd.DataFrame(self.table.select(list(self.names)).take(at).to_pandas())


def everyone(subject: Picked) -> Picked:
    """Return the subject without its cohort: attributions are computed once, and cohorts are cut out of them."""
    return replace(subject, cohort="")


def stored(evidence: Evidence, subject: Picked) -> Stored:
    """Return the attributions that an explanation of all rows left, with the cohort's positions."""
    place = places.current()
    table = read_array(place.blobs.path_of(evidence.blobs["attributions"]))
    rows = np.asarray(open_data(subjects.data_file(place, subject.data, subject.cohort)).positions())
    return Stored(table, rows, subject.cohort)


@st.cache_data(max_entries=16, show_spinner=False)
def values(digest: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a registered data set, all rows; kept while the app runs, since data sets never change."""
    data = open_data(subjects.data_file(places.current(), digest))
    return data.frame(tuple(name for name in names if name in data.columns))


def threshold(subject: Picked) -> float:
    """Return the score from which on a row is selected."""
    return subjects.data_file(places.current(), subject.data).schema.threshold


def dots(found: Stored) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the positions of rows that charts of dots show: explained ones, spread evenly over the cohort."""
    valid = found.table.column("model_output").is_valid().to_numpy()
    rows = found.rows[valid[found.rows]]
    return np.asarray(rows[sample(len(rows), DOTS)])


def ask(method: str, subject: Picked, parameters: Any) -> Evidence | None:
    """Return the answer to a passing question, computed at once in a warm worker and not recorded; words when it is refused."""
    place = places.current()
    choice = subjects.Choice(subject.model, subject.data, subject.reference, subject.cohort)
    task = subjects.task(place, method, choice, encode(parameters))
    try:
        return executor().submit(execute, task).result(timeout=120).evidence
    except GovernanceError as error:
        errors.advise(error)
        return None


def trust(certificate: Certificate) -> None:
    """Draw the certificate of an explanation: how far it can be trusted, in words and numbers."""
    kind = (
        "exact, without sampling"
        if certificate.exact
        else f"sampled; largest standard error {certificate.std_error:.2g}"
    )
    lines = [
        f"The values are {kind}, in {certificate.units}.",
        f"They add up to the model's own score within {certificate.additivity_gap:.1g}.",
        f"Compared with {certificate.background_rows:,} background rows.",
        f"Another draw of them would move the importances by {_part(certificate.background_spread)} of the largest one.",
        f"Agreement with the most similar rows: {_part(certificate.neighbour_stability)} (1 is the same explanation).",
        f"Rows outside what the background has seen: {certificate.rows_outside_background:,}.",
        *certificate.notes,
    ]
    with st.container(border=True):
        st.markdown("**How far can this be trusted?**")
        st.markdown("\n".join(f"- {plain(line, 1000)}" for line in lines))


def _part(value: Any) -> str:
    return number(value, 3) if isinstance(value, int | float) else "not measured"
