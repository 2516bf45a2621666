"""Errors of several columns, of whole rows, and of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from governance.stress.kinds.kind import Kind, Touched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def _row_before(touched: Touched) -> NDArray[np.int64]:
    return (touched.rows - 1) % touched.total


def _row_behind(touched: Touched) -> NDArray[np.int64]:
    return (touched.rows + 1) % touched.total


SWAP: Final = Kind(
    id="swap",
    title="Columns exchanged",
    sentence="{column} are exchanged",
    source="Schelter, Rukat and Biessmann, JENGA, EDBT 2021 (swapped columns)",
    applies_to=("pair",),
    exchanges=True,
)
PREVIOUS: Final = Kind(
    id="previous",
    title="Value of the row before",
    sentence="{column} still holds the value of the row before",
    source="a form or a feed that was not cleared",
    applies_to=("number", "text"),
    of_places=_row_before,
)
MISJOIN: Final = Kind(
    id="misjoin",
    title="Joined to another row",
    sentence="{column} come from the next row of the file",
    source="a broken join: one file lags the other by a row",
    applies_to=("rows",),
    of_places=_row_behind,
)
DOUBLE: Final = Kind(
    id="double",
    title="Rows doubled",
    sentence="{column} is there twice",
    source="badgers and JENGA (duplicates)",
    applies_to=("rows",),
    weight=2,
)
LOSE: Final = Kind(
    id="lose",
    title="Rows lost",
    sentence="{column} is lost",
    source="Zhu and others, Stress-Testing ML Pipelines with Adversarial Data Corruption, 2025 (selection)",
    applies_to=("rows",),
    weight=0,
)
LABEL: Final = Kind(
    id="label",
    title="Label recorded wrongly",
    sentence="the label is recorded as the other one",
    source="Frenay and Verleysen, IEEE TNNLS 25:845-869 (2014)",
    applies_to=("labels",),
    flips_labels=True,
)
