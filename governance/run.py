"""One run of one method on files: what a worker executes, and what the command line executes in its own process.

A `Task` names files by path and digest and holds parameters; it can be pickled. Its `key` is the address of the result.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.codec import JsonValue, decode, encode
from governance.data.schema import Schema
from governance.errors import RefusedInputError
from governance.evidence import Evidence, Finding, Input, NotAssessed, Progress, RunKey, environment, silent
from governance.explain.kept import Kept
from governance.method_spec import MethodSpec, Need
from governance.methods import method
from governance.models.signature import Prediction, Predictor, Signature
from governance.subject import Subject

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from governance.data.dataset import Dataset


_OPEN: Final[Kept[Predictor]] = Kept(4)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model on disk."""

    path: str
    digest: str
    signature: Signature
    name: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A table on disk (Parquet) with its column roles and the cohort of rows."""

    path: str
    digest: str
    schema: Schema
    cohort: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A method, its inputs and its parameters."""

    method: str
    data: DataFile
    model: ModelFile | None = None
    reference: DataFile | None = None
    candidate: ModelFile | None = None
    """Another model, asked about the same rows; only for methods that compare two."""
    parameters: JsonValue = None
    """JSON object with the parameters that differ from the defaults; None for all defaults."""
    seed: int = 0
    arrays: Mapping[str, str] = field(default_factory=dict)
    """What earlier runs stored: "predictions", "candidate_predictions", "attributions" -> path of the Arrow file of all rows."""

    @property
    def spec(self) -> MethodSpec:
        """The method's entry in the catalogue."""
        return method(self.method)

    @property
    def chosen(self) -> Any:
        """The method's parameters as an instance, defaults filled in."""
        return decode(self.spec.parameters, self.parameters or {})

    @property
    def key(self) -> RunKey:
        """What determines the result."""
        inputs = [Input("data", self.data.digest, self.data.name)]
        if self.model is not None and _concerns_model(self.spec):
            inputs.append(Input("model", self.model.digest, self.model.name))
        if self.candidate is not None and _concerns_candidate(self.spec):
            inputs.append(Input("candidate", self.candidate.digest, self.candidate.name))
        if self.reference is not None and _concerns_reference(self.spec):
            inputs.append(Input("reference", self.reference.digest, self.reference.name))
        return RunKey(
            method=self.method,
            method_version=self.spec.version,
            inputs=tuple(inputs),
            cohort=self.data.cohort,
            parameters=encode(self.chosen),
            schema=encode(self.data.schema),
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What a run gives back: the evidence without blobs, and the arrays that were written."""

    evidence: Evidence
    arrays: Mapping[str, str]
    """Name -> path of the Arrow IPC file in the run's own folder."""


def _concerns_model(spec: MethodSpec) -> bool:
    return bool({"model", "predictions", "attributions"} & set(spec.needs))


def _concerns_reference(spec: MethodSpec) -> bool:
    return bool({"reference", "reference_predictions"} & set(spec.needs)) or spec.id.startswith(
        ("explain.", "quality.")
    )


def _concerns_candidate(spec: MethodSpec) -> bool:
    return "candidate_predictions" in spec.needs


def missing_needs(task: Task) -> tuple[Need, ...]:
    """Return what the method needs and the task cannot offer, for a message to the person."""
    has: dict[Need, bool] = {
        "model": task.model is not None,
        "label": bool(task.data.schema.target),
        "sensitive": bool(task.data.schema.sensitive),
        "reference": task.reference is not None,
        "predictions": task.model is not None or bool(task.data.schema.score or task.data.schema.prediction),
        "reference_predictions": task.model is not None and task.reference is not None,
        "candidate_predictions": task.candidate is not None or bool((task.parameters or {}).get("candidate_score")),
        "attributions": task.model is not None,
    }
    return tuple(need for need in task.spec.needs if not has[need])


def execute(task: Task, folder: Path | None = None, progress: Progress = silent) -> Done:
    """Run the method of `task` and return its evidence.

    Arrays are written to `folder` as Arrow IPC files (and left out when it is None). Results depend on the task alone.

    Raises:
        RefusedInputError: the subject lacks what the method needs, or the data refuse.
        Cancelled: `progress` said so.
    """
    import numpy as np

    lacking = missing_needs(task)
    if lacking:
        words = ", ".join(item.replace("_", " ") for item in lacking)
        raise RefusedInputError(f"{task.spec.title} needs: {words}.", "Choose or register what is missing.")
    subject = open_subject(task, progress)
    module, _, name = task.spec.run.partition(":")
    function = getattr(importlib.import_module(module), name)
    finding: Finding[Any] = function(subject, task.chosen, rng=np.random.default_rng(task.seed), progress=progress)
    result = finding.result if isinstance(finding.result, NotAssessed) else encode(finding.result, task.spec.result)
    evidence = Evidence(
        key=task.key,
        rows=finding.rows,
        environment=environment(),
        result=encode(result) if isinstance(result, NotAssessed) else result,
    )
    evidence.to_bytes()
    return Done(evidence, _write(finding.arrays, folder))


def _write(arrays: Mapping[str, Any], folder: Path | None) -> dict[str, str]:
    if folder is None:
        return {}
    from pyarrow import feather

    written = {}
    for name, table in arrays.items():
        path = folder / f"{name}.arrow"
        feather.write_feather(table, str(path), compression="uncompressed")
        written[name] = str(path)
    return written


def read_array(path: str | Path) -> pa.Table:
    """Return the stored table, memory-mapped."""
    from pyarrow import feather

    return feather.read_table(str(path), memory_map=True)


def open_data(file: DataFile) -> Dataset:
    """Return the data set of `file` with its cohort applied; stored Parquet files are not hashed again."""
    from governance.data.table import ParquetDataset, open_dataset

    path = Path(file.path)
    with path.open("rb") as stream:
        is_parquet = stream.read(4) == b"PAR1"
    if not is_parquet:
        return open_dataset(path, file.schema, cohort=file.cohort)
    found = ParquetDataset(path, file.digest, file.schema, file.cohort)
    file.schema.check(found.columns)
    found.check_cohort()
    return found


def open_model(file: ModelFile) -> Predictor:
    """Return the model of `file`, ready to be asked; a warm process keeps the last ones open.

    The file is hashed when it is opened, and again when the disk says that it was written since.
    """
    from governance.models.predictor import OnnxPredictor

    written = Path(file.path).stat()
    key = (file.path, file.digest, file.signature, written.st_mtime_ns, written.st_size)
    return _OPEN.get(key, lambda: OnnxPredictor(Path(file.path), file.signature, file.digest))


def open_subject(task: Task, progress: Progress = silent) -> Subject:
    """Open the files of `task`; predictions that no earlier run stored are computed here when the method needs them."""
    subject = Subject(
        data=open_data(task.data),
        model=open_model(task.model) if task.model else None,
        reference=open_data(task.reference) if task.reference else None,
    )
    needs = task.spec.needs
    asks_itself = task.spec.streams and "predictions" not in task.arrays
    if task.model and not asks_itself and ("predictions" in needs or "predictions" in task.arrays):
        subject = replace(
            subject, predictions=_predictions(task, "predictions", task.data, subject.data, subject.model)
        )
    if "reference_predictions" in needs and task.reference and subject.reference:
        found = _predictions(task, "reference_predictions", task.reference, subject.reference, subject.model)
        subject = replace(subject, reference_predictions=found)
    if "candidate_predictions" in needs and task.candidate:
        asked = open_model(task.candidate)
        other = _predictions(task, "candidate_predictions", task.data, subject.data, asked)
        subject = replace(subject, candidate_predictions=other)
    if "attributions" in task.arrays:
        table = read_array(task.arrays["attributions"])
        subject = replace(subject, attributions=table.take(_positions(task.data)) if task.data.cohort else table)
    progress(0, 1, "reading")
    return subject


def _positions(file: DataFile) -> NDArray[np.intp]:
    return open_data(file).positions()


def _predictions(task: Task, name: str, file: DataFile, data: Dataset, model: Predictor | None) -> Prediction:
    from governance.models.predict import read_predictions

    if model is None:
        raise RefusedInputError("There is no model.", "Choose a model.")
    if name not in task.arrays:
        return model.predict(data.frame(model.signature.columns))
    table = read_array(task.arrays[name])
    return read_predictions(table.take(_positions(file)) if file.cohort else table, model.signature)
