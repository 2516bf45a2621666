"""One run of one method on files: what a worker executes, and what the command line executes in its own process.

A `Task` names files by path and digest and holds parameters; it can be pickled. Its `key` is the address of the result.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from governance.evidence import (
    Evidence,
    Finding,
    Input,
    JsonValue,
    Kept,
    MethodSpec,
    Need,
    NotAssessed,
    Progress,
    RefusedInputError,
    RunKey,
    decode,
    encode,
    environment,
    sha256,
    silent,
    unknown_choice,
)
from governance.subject import (
    Attributions,
    Prediction,
    Predictor,
    Recording,
    Schema,
    Scores,
    Sight,
    Signature,
    Subject,
    to_json,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from governance.evidence import TableReading
    from governance.subject import Dataset


_OPEN: Final[Kept[Predictor]] = Kept("open models", 4)


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
class RecordingFile:
    """Raw rows on disk that were recorded once (Arrow)."""

    path: str
    digest: str
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
    observation: RecordingFile | None = None
    """What was seen of a model at work; only for methods that judge it."""
    challenge: RecordingFile | None = None
    """The rows that a server was asked about; only for methods that judge its answers."""
    parameters: JsonValue = None
    """JSON object with the parameters that differ from the defaults; None for all defaults."""
    seed: int = 0
    arrays: Mapping[str, str] = field(default_factory=dict)
    """What earlier runs stored: "predictions", "candidate_predictions", "attributions" -> path of the Arrow file of all rows."""

    @property
    def spec(self) -> MethodSpec:
        """The method's entry in the catalogue, which is read when the first task asks: a task alone is light."""
        from governance.runs.catalogue import method

        return method(self.method)

    @property
    def chosen(self) -> Any:
        """The method's parameters as an instance, defaults filled in.

        Raises:
            RefusedInputError: they are no JSON object, or one of them is unknown: a mistyped name never means the default.
        """
        given = {} if self.parameters is None else self.parameters
        if not isinstance(given, Mapping):
            raise RefusedInputError(
                f"The parameters of {self.method} are {str(given)[:40]!r}, expected a JSON object.",
                'Write {"name": value}.',
            )
        known = tuple(item.name for item in fields(self.spec.parameters))
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise unknown_choice(f"parameter of {self.method}", unknown[0], known)
        found = decode(self.spec.parameters, given)
        _refuse_unknown(given, encode(found), self.method)
        return found

    @property
    def key(self) -> RunKey:
        """What determines the result."""
        inputs = [Input("data", self.data.digest, self.data.name)]
        if self.model is not None and self.spec.uses_model:
            inputs.append(Input("model", self.model.digest, self.model.name))
        if self.candidate is not None and self.spec.uses_candidate:
            inputs.append(Input("candidate", self.candidate.digest, self.candidate.name))
        if self.reference is not None and self.spec.uses_reference:
            inputs.append(Input("reference", self.reference.digest, self.reference.name))
        if self.observation is not None and "observation" in self.spec.uses:
            inputs.append(Input("observation", self.observation.digest, self.observation.name))
        if self.challenge is not None and "challenge" in self.spec.uses:
            inputs.append(Input("challenge", self.challenge.digest, self.challenge.name))
        return RunKey(
            method=self.method,
            method_version=self.spec.version,
            inputs=tuple(inputs),
            cohort=self.data.cohort,
            parameters=encode(self.chosen),
            schema=to_json(self.data.schema),
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What a run gives back: the evidence without blobs, and the arrays that were written."""

    evidence: Evidence
    arrays: Mapping[str, str]
    """Name -> path of the Arrow IPC file in the run's own folder."""


def _refuse_unknown(given: JsonValue, read: JsonValue, where: str) -> None:
    """Refuse a field inside a parameter that was not read: a mistyped name never means the default."""
    if not isinstance(given, Mapping) or not isinstance(read, Mapping):
        return
    for name, value in given.items():
        if name not in read:
            raise unknown_choice(f"field of {where}", str(name), tuple(map(str, read)))
        _refuse_unknown(value, read[name], f"{where}: {name}")


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
        "observation": task.observation is not None,
        "challenge": task.challenge is not None,
    }
    return tuple(need for need in task.spec.needs if not has[need])


def execute(task: Task, folder: Path | None = None, progress: Progress = silent) -> Done:
    """Run the method of `task` and return its evidence.

    Arrays are written to `folder` as Arrow IPC files (and left out when it is None). Results depend on the task alone.

    Raises:
        RefusedInputError: the subject lacks what the method needs, or the data refuse.
        Cancelled: `progress` said so.
    """
    evidence, arrays = assess(task, open_subject(_complete(task), progress), progress)
    return Done(evidence, _write(arrays, folder))


def assess(task: Task, subject: Subject, progress: Progress = silent) -> tuple[Evidence, Mapping[str, pa.Table]]:
    """Run the method of `task` on a subject that is open already; return its evidence and the big arrays beside it.

    Raises:
        RefusedInputError: the subject lacks what the method needs, or the data refuse.
        Cancelled: `progress` said so.
    """
    import numpy as np

    _complete(task)
    if subject.attributor is None:
        subject = replace(subject, attributor=_exact_values)
    if subject.monitor is None:
        subject = replace(subject, monitor=_monitored)
    module, _, name = task.spec.run.partition(":")
    function = getattr(importlib.import_module(module), name)
    finding: Finding[Any] = function(subject, task.chosen, rng=np.random.default_rng(task.seed), progress=progress)
    result = finding.result if isinstance(finding.result, NotAssessed) else encode(finding.result, task.spec.result)
    evidence = Evidence(
        key=task.key,
        rows=finding.rows,
        environment=environment(),
        result=encode(result) if isinstance(result, NotAssessed) else result,
        reading=_reading(subject),
    )
    evidence.to_bytes()
    return evidence, finding.arrays


def _reading(subject: Subject) -> TableReading:
    """Return how the table under review was read, and the one it is compared with."""
    other = subject.reference
    return subject.data.reading if other is None else replace(subject.data.reading, reference=other.reading)


def _complete(task: Task) -> Task:
    """Return the task itself.

    Raises:
        RefusedInputError: it lacks what its method needs.
    """
    lacking = missing_needs(task)
    if lacking:
        words = ", ".join(item.replace("_", " ") for item in lacking)
        raise RefusedInputError(f"{task.spec.title} needs: {words}.", "Choose or register what is missing.")
    return task


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
    from governance.data import ParquetDataset, check_parquet, open_dataset

    path = Path(file.path)
    with path.open("rb") as stream:
        is_parquet = stream.read(4) == b"PAR1"
    if not is_parquet:
        return open_dataset(path, file.schema, cohort=file.cohort)
    check_parquet(path)
    found = ParquetDataset(path, file.digest, file.schema, file.cohort)
    file.schema.check(found.columns)
    found.check_cohort()
    return found


def open_model(file: ModelFile) -> Predictor:
    """Return the model of `file`, ready to be asked; a warm process keeps the last ones open.

    The file is hashed when it is opened, and again when the disk says that it was written since.
    """
    from governance.models import OnnxPredictor

    written = Path(file.path).stat()
    key = (file.path, file.digest, file.signature, written.st_mtime_ns, written.st_size)
    return _OPEN.get(key, lambda: OnnxPredictor(Path(file.path), file.signature, file.digest))


def open_recording(file: RecordingFile | None) -> Recording | None:
    """Return the recorded rows of `file`, None without one.

    Raises:
        RefusedInputError: the file has another digest, or is no Arrow file: nothing is judged that was not recorded so.
    """
    if file is None:
        return None
    from io import BytesIO

    import pyarrow as pa
    from pyarrow import feather

    data = Path(file.path).read_bytes()
    found = sha256(data)
    if found != file.digest:
        raise RefusedInputError(
            f"The recording {file.name or Path(file.path).name!r} has digest {found[:16]}…, expected {file.digest[:16]}….",
            "It was changed after it was recorded. Take the original, or measure again.",
        )
    try:
        return Recording(found, feather.read_table(BytesIO(data)))
    except (pa.ArrowException, OSError) as error:
        raise RefusedInputError(
            f"The recording {file.name or Path(file.path).name!r} is no Arrow file: {str(error)[:120]}.",
            "Give a file that `countersign attest` or `countersign latency` wrote.",
        ) from error


def open_subject(task: Task, progress: Progress = silent) -> Subject:
    """Open the files of `task`; predictions that no earlier run stored are computed here when the method needs them.

    A method is handed what its entry in the catalogue declares and nothing else, because its key names nothing else.
    """
    subject = Subject(
        data=open_data(task.data),
        model=open_model(task.model) if task.model and task.spec.uses_model else None,
        reference=open_data(task.reference) if task.reference and task.spec.uses_reference else None,
        observation=open_recording(task.observation) if "observation" in task.spec.uses else None,
        challenge=open_recording(task.challenge) if "challenge" in task.spec.uses else None,
    )
    return with_predictions(task, subject, progress)


def with_predictions(task: Task, subject: Subject, progress: Progress = silent) -> Subject:
    """Return the subject with the answers of its models that the method needs: those stored earlier, else asked for here."""
    needs = task.spec.uses
    asks_itself = task.spec.streams and "predictions" not in task.arrays
    if subject.model and not asks_itself and "predictions" in needs:
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
    if "attributions" in needs and "attributions" in task.arrays:
        table = read_array(task.arrays["attributions"])
        subject = replace(subject, attributions=table.take(_positions(task.data)) if task.data.cohort else table)
    progress(0, 1, "reading")
    return subject


def _exact_values(subject: Subject, background_rows: int) -> Attributions:
    """Implement `Attributor` with the room that explains, which is imported when a method asks and not before."""
    from governance.explain.selection.exact_values import exact_values

    return exact_values(subject, background_rows)


def _monitored(subject: Subject, rows: pd.DataFrame, contract: str, scores: Scores | None = None) -> Sight:
    """Implement `Monitor` with the rooms that watch, which are imported when a method asks and not before."""
    from governance.runs.monitored import monitored

    return monitored(subject, rows, contract, scores)


def _positions(file: DataFile) -> NDArray[np.intp]:
    return open_data(file).positions()


def _predictions(task: Task, name: str, file: DataFile, data: Dataset, model: Predictor | None) -> Prediction:
    from governance.models import read_predictions

    if model is None:
        raise RefusedInputError("There is no model.", "Choose a model.")
    if name not in task.arrays:
        return model.predict(data.frame(model.signature.columns))
    table = read_array(task.arrays[name])
    return read_predictions(table.take(_positions(file)) if file.cohort else table, model.signature)
