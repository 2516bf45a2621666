"""The method `models.predict`: every row asked once, and kept as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from governance.evidence import CountersignError, Finding, Progress, RefusedInputError, Rows
from governance.models.graph.missing import missing_rows, said_beside, untaught
from governance.models.graph.reading import parse_model
from governance.models.graph.unknown_texts import known_texts, said_of_texts, unknown_rows
from governance.models.predict.answers import are_probabilities
from governance.models.predict.predictions import ClassScore, PredictionSummary, PredictParameters
from governance.subject import Prediction, Signature, Subject

if TYPE_CHECKING:
    import pyarrow as pa


def run(
    subject: Subject,
    parameters: PredictParameters,
    *,
    rng: np.random.Generator,  # noqa: ARG001 - every method has the same signature
    progress: Progress,
) -> Finding[PredictionSummary]:
    """Predict every row of the subject's data; the array `predictions` holds the answers in row order."""
    if subject.model is None:
        raise RefusedInputError("There is no model to ask.", "Choose a model.")
    signature, parts, done, missing = subject.model.signature, [], 0, 0
    file = getattr(subject.model, "file", b"")
    careful = bool(file) and untaught(parse_model(file))
    known, unknown = known_texts(parse_model(file)) if file else None, Counter[str]()
    for chunk in subject.data.chunks(signature.columns, rows=parameters.chunk_rows):
        parts.append(subject.model.predict(chunk))
        done += len(chunk)
        missing += missing_rows(chunk) if careful else 0
        unknown.update({} if known is None else unknown_rows(chunk, known))
        progress(done, subject.data.n_rows, "predicting")
    if not parts:
        raise RefusedInputError("The data have no rows.", "Choose another data set or a wider cohort.")
    prediction = joined(parts)
    notes = (*([said_beside(missing, done)] if missing else []), *said_of_texts(unknown, done))
    summary = replace(summarise(prediction, signature), notes=notes)
    return Finding(summary, Rows(done, done), {"predictions": to_table(prediction)})


def joined(parts: list[Prediction]) -> Prediction:
    """Return the predictions of consecutive chunks as one."""
    labels = [part.label for part in parts if part.label is not None]
    score = np.concatenate([part.score for part in parts])
    return Prediction(parts[0].classes, np.concatenate(labels) if labels else None, score)


def summarise(prediction: Prediction, signature: Signature) -> PredictionSummary:
    """Return what can be said about the predictions in a few numbers."""
    score = prediction.score
    label = prediction.label if prediction.label is not None else np.zeros(0, dtype=np.intp)
    classes = tuple(
        ClassScore(
            name=name,
            predicted=int((label == index).sum()),
            mean=float(score[:, index].mean()),
            low=float(score[:, index].min()),
            high=float(score[:, index].max()),
        )
        for index, name in enumerate(prediction.classes or ("",))
    )
    return PredictionSummary(
        n=len(score),
        task=signature.task,
        classes=prediction.classes,
        scores=classes,
        probabilities=bool(prediction.classes) and are_probabilities(score),
    )


def to_table(prediction: Prediction) -> pa.Table:
    """Return the predictions as a table: `label` and one `score_<class>` per class, or `value` for regression."""
    import pyarrow as pa

    if not prediction.classes:
        return pa.table({"value": prediction.score[:, 0]})
    label = prediction.label if prediction.label is not None else prediction.score.argmax(axis=1)
    columns: dict[str, pa.Array] = {
        "label": pa.DictionaryArray.from_arrays(label.astype(np.int32), pa.array(prediction.classes, pa.string()))
    }
    for index, name in enumerate(prediction.classes):
        columns[f"score_{name}"] = pa.array(prediction.score[:, index])
    return pa.table(columns)


def read_predictions(table: pa.Table, signature: Signature) -> Prediction:
    """Return the prediction that `to_table` wrote for a model of this signature.

    Raises:
        CountersignError: the table has other columns than such a model gives.
    """
    wanted = ["label", *(f"score_{name}" for name in signature.classes)] if signature.classes else ["value"]
    if table.column_names != wanted:
        raise CountersignError(
            f"The stored predictions have columns {table.column_names}, expected {wanted}.", "Predict again."
        )
    scores = [table.column(name).to_numpy() for name in wanted if name != "label"]
    score = np.column_stack(scores).astype(np.float64)
    if not signature.classes:
        return Prediction((), None, score)
    label = table.column("label").combine_chunks()
    return Prediction(signature.classes, label.indices.to_numpy(zero_copy_only=False).astype(np.intp), score)
