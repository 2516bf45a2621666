"""The method `explain.reasons`: principal reasons for unfavourable decisions, from attributions against a stated group.

United States law (Regulation B, 12 CFR 1002.9(b)(2), and CFPB Circular 2022-03) asks for the specific principal reasons that were
actually used, whatever the technique. A reason is a column whose attribution moves this person's score towards the unfavourable
side, compared with the reference group; columns that speak for the person are never given as reasons, and neither are those
whose share of all that speaks against the person is below a stated floor, or within the noise of sampling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import Dropped, Finding, NotAssessed, Progress, RefusedInputError, Rows, unknown_choice
from governance.explain.methods.local_view import value_text
from governance.explain.results.explainer import Explained
from governance.explain.results.finite import counted, scored
from governance.explain.results.report import Background, Reason, ReasonCodes, RowReasons
from governance.explain.sampling.by_sampling import Budget
from governance.explain.selection.background import BackgroundRows, background_of, digest_of_rows
from governance.explain.selection.decisions import Decisions, decisions_of
from governance.explain.selection.select import Chosen, Wish, answered
from governance.explain.spec import ReasonParameters
from governance.subject import Subject

_SURE: Final = 1.96
"""Standard errors that a sampled attribution must exceed to count as a reason."""

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def run(
    subject: Subject, parameters: ReasonParameters, *, rng: np.random.Generator, progress: Progress
) -> Finding[ReasonCodes]:
    """Give the principal reasons of one row, or of every row with the unfavourable outcome (array `reasons`)."""
    decisions = decisions_of(subject)
    total = subject.data.n_rows
    if isinstance(decisions, NotAssessed) or subject.model is None:
        reason = decisions if isinstance(decisions, NotAssessed) else NotAssessed("There is no model.")
        return Finding(reason, Rows(total, total))
    if 0 <= parameters.row < total and decisions.favourable[parameters.row]:
        why = f"Row {parameters.row} has the favourable outcome; reasons are given for the unfavourable one only."
        return Finding(NotAssessed(why), Rows(total, total))
    rows = _rows(decisions, parameters, total)
    if not len(rows):
        return Finding(NotAssessed("No row has the unfavourable outcome."), Rows(total, total))
    wish = Wish("auto", "raw", "", parameters.background_rows, parameters.background_seed, correlated=False,
                budget=Budget(parameters.model_calls, 0.0))  # fmt: skip
    background = _reference_group(subject, parameters, decisions)
    return answered(
        subject,
        wish,
        lambda chosen: _given(subject, chosen, parameters, decisions=decisions, rows=rows, rng=rng, progress=progress),
        background,
    )


def _given(
    subject: Subject,
    chosen: Chosen,
    parameters: ReasonParameters,
    *,
    decisions: Decisions,
    rows: NDArray[np.intp],
    rng: np.random.Generator,
    progress: Progress,
) -> Finding[ReasonCodes]:
    total = subject.data.n_rows
    unfavourable = int((~decisions.favourable).sum())
    for item in parameters.wording:
        if item.column not in chosen.explainer.about.players:
            raise unknown_choice("column of the model", item.column, chosen.explainer.about.players)
    frame = subject.data.frame(chosen.model.signature.columns)
    asked, rows = len(rows), scored(chosen.explainer, frame, rows)
    frame = frame.iloc[rows].reset_index(drop=True)
    explained = chosen.explainer.explain(frame, chosen.target, rng, progress)
    given = _all_reasons(chosen, frame, explained, decisions, parameters)
    names = _identifiers(subject, rows)
    listed = tuple(
        RowReasons(int(row), names[at], float(decisions.score[row]), given[at]) for at, row in enumerate(rows.tolist())
    )
    about = chosen.explainer.about
    result = ReasonCodes(
        method=about.way,
        exact=about.exact,
        scale=about.scale,
        units=about.units,
        target=chosen.label,
        threshold=decisions.threshold,
        reference_group=parameters.reference_group,
        background=chosen.background.about,
        unfavourable=unfavourable,
        rows=listed[: parameters.shown],
        additivity_gap=explained.gap,
        smallest_share=parameters.smallest_share,
    )
    left = total - asked
    why = "not the row that was asked for" if parameters.row >= 0 else "the outcome is favourable"
    dropped = (Dropped(why, left),) if left else ()
    account = Rows(len(rows), total, (*dropped, *counted(asked - len(rows))))
    return Finding(result, account, {"reasons": _table(listed, parameters.count)})


def _rows(decisions: Decisions, parameters: ReasonParameters, total: int) -> NDArray[np.intp]:
    if parameters.row < 0:
        return np.flatnonzero(~decisions.favourable)
    if parameters.row >= total:
        raise RefusedInputError(
            f"There is no row {parameters.row}; the data have {total} rows.", f"Take 0 to {total - 1}."
        )
    return np.array([parameters.row])


def _reference_group(subject: Subject, parameters: ReasonParameters, decisions: Decisions) -> BackgroundRows | None:
    """Return the rows of the background that have the favourable outcome, or None to take all."""
    if parameters.reference_group == "all" or subject.model is None:
        return None
    everyone = background_of(
        subject, subject.model.signature.columns, parameters.background_rows, parameters.background_seed
    )
    score = subject.model.predict(everyone.frame).score[:, decisions.target]
    favourable = (score >= decisions.threshold) == decisions.good
    if not favourable.any():
        raise RefusedInputError(
            f"None of the {len(score)} background rows has the favourable outcome.",
            'Compare with everybody: reference_group "all".',
        )
    frame = everyone.frame[favourable].reset_index(drop=True)
    about = Background(len(frame), everyone.about.total, digest_of_rows(frame), everyone.about.source)
    return BackgroundRows(frame, about)


def _all_reasons(
    chosen: Chosen, frame: pd.DataFrame, explained: Explained, decisions: Decisions, parameters: ReasonParameters
) -> list[tuple[Reason, ...]]:
    against = -explained.values if decisions.good else explained.values
    words = {item.column: item.text for item in parameters.wording}
    about = chosen.explainer.about
    columns = [[frame[name].to_numpy(dtype=object) for name in names] for names in about.columns]
    found = []
    for at in range(len(frame)):
        floor = parameters.smallest_share * against[at].clip(min=0).sum()
        sure = against[at] > np.maximum(floor, _SURE * explained.std_error[at])
        order = [player for player in np.argsort(-against[at], kind="stable").tolist() if sure[player]]
        found.append(
            tuple(
                Reason(
                    feature=about.players[player],
                    value=" + ".join(value_text(column[at]) for column in columns[player]),
                    attribution=float(against[at, player]),
                    text=words.get(about.players[player], about.players[player]),
                )
                for player in order[: parameters.count]
            )
        )
    return found


def _identifiers(subject: Subject, rows: NDArray[np.intp]) -> list[str]:
    name = subject.data.schema.identifier
    if not name:
        return [""] * len(rows)
    column = subject.data.frame((name,))[name].to_numpy(dtype=object)
    return [value_text(column[row]) for row in rows]


def _table(rows: tuple[RowReasons, ...], count: int) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, Any] = {
        "row": pa.array([item.row for item in rows], pa.int64()),
        "identifier": pa.array([item.identifier for item in rows], pa.string()),
        "prediction": pa.array([item.prediction for item in rows], pa.float64()),
    }
    for rank in range(count):
        held = [item.reasons[rank] if rank < len(item.reasons) else None for item in rows]
        columns[f"reason_{rank + 1}"] = pa.array([item.text if item else None for item in held], pa.string())
        columns[f"value_{rank + 1}"] = pa.array([item.value if item else None for item in held], pa.string())
        columns[f"attribution_{rank + 1}"] = pa.array(
            [item.attribution if item else None for item in held], pa.float32()
        )
    return pa.table(columns)
