"""The first prediction of a model that is not registered yet: five rows, shown to a person before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from governance.evidence import text_of
from governance.runs import DataFile, executor, open_data

ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Rows as they went in, and what the model says about each."""

    columns: tuple[str, ...]
    """Raw columns that the model takes, in its order."""
    rows: tuple[tuple[str, ...], ...]
    """Values as text, one tuple per row; a missing value is "(missing)"."""
    classes: tuple[str, ...]
    """In the order of the scores; () for regression."""
    labels: tuple[str, ...]
    """The model's own label of each row; () for regression."""
    scores: tuple[tuple[float, ...], ...]
    """One score per class, or one predicted value, of each row."""
    truth: tuple[str, ...] = ()
    """What the label of each row says came true, as text; () where the table has no label."""


def first_look(
    model: Path, data: DataFile, columns: tuple[str, ...] = (), *, classes: tuple[str, ...] = (), label: str = ""
) -> FirstLook:
    """Ask the model about the first rows of a table, in a worker.

    Args:
        model: an ONNX file that passed its inspection.
        data: rows to try, registered or not.
        columns: raw columns in input order; () when the file names them.
        classes: class labels in the order of the scores; () when the file says them.
        label: column that says what came true; "" for the one that the roles of the data name.

    Raises:
        RefusedInputError: the columns do not fit, or the model cannot predict these rows.
    """
    return executor().submit(_look, str(model), data, columns, classes, label).result()


def _look(model: str, data: DataFile, columns: tuple[str, ...], classes: tuple[str, ...], label: str = "") -> FirstLook:
    from governance.models import OnnxPredictor, signature_of

    content = Path(model).read_bytes()
    predictor = OnnxPredictor(content, signature_of(content, columns or None, classes))
    names = predictor.signature.columns
    table = open_data(data)
    table.schema.check(table.columns)
    label = label or table.schema.target
    truth = (label,) if label in table.columns else ()
    known = tuple(name for name in dict.fromkeys((*names, *truth)) if name in table.columns)
    frame = next(iter(table.chunks(known, rows=ROWS)))
    found = predictor.predict(frame)
    cells = frame[list(names)].astype(object).where(frame[list(names)].notna(), "(missing)")
    return FirstLook(
        columns=names,
        rows=tuple(tuple(str(value)[:100] for value in row) for row in cells.itertuples(index=False)),
        classes=found.classes,
        labels=tuple(found.classes[code] for code in found.label) if found.label is not None else (),
        scores=tuple(tuple(float(value) for value in row) for row in found.score),
        truth=tuple(text_of(frame[label]).fillna("(missing)").str[:100]) if truth else (),
    )
