"""The method `explain.local`: why the model says what it says about one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, silent
from governance.explain.methods.certificate import background_spread, certify
from governance.explain.methods.lime_rounds import agreement
from governance.explain.methods.nearest import Likeness, cosine
from governance.explain.results.explainer import Explained
from governance.explain.results.report import Attribution, Certificate, LocalExplanation
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.selection.side import measured
from governance.explain.spec import LocalParameters
from governance.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

    from governance.subject import Dataset

SHOWN_DIGITS: Final = 6
"""Digits with which numbers of the data are shown."""
_POOL: Final = 5000
"""Rows among which neighbours are sought, at most."""


def run(
    subject: Subject, parameters: LocalParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[LocalExplanation]:
    """Explain one row of the subject's data."""
    wish = Wish(
        method=parameters.method,
        scale=parameters.scale,
        target=parameters.target,
        background_rows=parameters.background_rows,
        background_seed=parameters.background_seed,
        correlated=parameters.correlated,
        budget=Budget(parameters.model_calls, parameters.precision),
    )
    return answered(subject, wish, lambda chosen: _run(subject, chosen, parameters, rng=rng, progress=progress))


def _run(
    subject: Subject, chosen: Chosen, parameters: LocalParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[LocalExplanation]:
    frame = subject.data.frame(chosen.model.signature.columns)
    row = row_at(frame, parameters.row)
    explained = chosen.explainer.explain(row, chosen.target, rng, progress)
    stability = measured(
        "the stability among neighbours",
        lambda _: _stability(chosen, frame, parameters.row, explained, parameters.neighbours),
    )
    lime = agreement(chosen, row, explained.values, parameters.lime_samples, codes=subject.data.schema.code)
    certificate = certify(
        chosen, row, explained=explained, stability=stability, spread=background_spread(chosen, row), lime=lime
    )
    name = identifier_of(subject.data, parameters.row)
    result = local_explanation(
        chosen, row, position=parameters.row, name=name, explained=explained, certificate=certificate
    )
    return Finding(result, one_of(len(frame)))


def one_of(total: int) -> Rows:
    """Return the account of rows of a method that looks at one."""
    return Rows(1, total, (Dropped("not the row that was asked for", total - 1),) if total > 1 else ())


def row_at(frame: pd.DataFrame, row: int) -> pd.DataFrame:
    """Return one row as a frame.

    Raises:
        RefusedInputError: there is no such row.
    """
    if not 0 <= row < len(frame):
        raise RefusedInputError(
            f"There is no row {row}; the data have {len(frame)} rows.", f"Take 0 to {len(frame) - 1}."
        )
    return frame.iloc[row : row + 1].reset_index(drop=True)


def identifier_of(data: Dataset, row: int) -> str:
    """Return the row's own name, "" when the schema has no identifier."""
    if not data.schema.identifier:
        return ""
    return value_text(data.frame((data.schema.identifier,)).iloc[row, 0])


def value_text(value: object) -> str:
    """Return a value as text: short numbers, "missing" for none."""
    import pandas as pd

    if pd.isna(value):  # type: ignore[call-overload]
        return "missing"
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    return f"{value:.{SHOWN_DIGITS}g}" if isinstance(value, int | float | np.number) else str(value)


def local_explanation(
    chosen: Chosen, row: pd.DataFrame, position: int, name: str, explained: Explained, certificate: Certificate
) -> LocalExplanation:
    """Return the explanation of one row, its largest attributions first."""
    about = chosen.explainer.about
    prediction = chosen.model.predict(row).score[0, chosen.target]
    found = [
        Attribution(
            feature=feature,
            value=" + ".join(value_text(row[column].iloc[0]) for column in columns),
            attribution=float(explained.values[0, at]),
            std_error=float(explained.std_error[0, at]),
        )
        for at, (feature, columns) in enumerate(zip(about.players, about.columns, strict=True))
    ]
    return LocalExplanation(
        row=position,
        identifier=name,
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        link=about.link,
        target=chosen.label,
        base_value=explained.base,
        model_output=float(explained.output[0]),
        prediction=float(prediction),
        values=tuple(sorted(found, key=lambda item: (-abs(item.attribution), item.feature))),
        background=chosen.background.about,
        certificate=certificate,
    )


def _stability(
    chosen: Chosen, frame: pd.DataFrame, row: int, explained: Explained, neighbours: int
) -> float | NotAssessed:
    if chosen.explainer.about.way not in {"tree", "linear"}:
        return NotAssessed("Not measured: each neighbour would cost as many model calls as the row itself.")
    near = neighbours_of(chosen, frame, row, neighbours)
    if not len(near):
        return NotAssessed("There are no other rows to compare with.")
    others = chosen.explainer.explain(frame.iloc[near], chosen.target, np.random.default_rng(0), silent)
    return float(cosine(explained.values[0], others.values).mean())


def neighbours_of(chosen: Chosen, frame: pd.DataFrame, row: int, count: int) -> NDArray[np.intp]:
    """Return the positions of the rows most like `row`, sought among at most 5,000 rows spread over the data."""
    if count < 1:
        return np.zeros(0, np.intp)
    pool = np.unique(np.linspace(0, len(frame) - 1, min(_POOL, len(frame))).astype(np.intp))
    pool = pool[pool != row]
    closest = Likeness(chosen.background.frame).closest(frame.iloc[row : row + 1], frame.iloc[pool], count)
    return np.asarray(pool[closest])
