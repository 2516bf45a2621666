"""An ONNX file that can be asked, and that checks what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.evidence import RefusedInputError, sha256
from governance.models.graph.reading import free_rows, metadata_of, parse_model, takes_one_row
from governance.models.graph.session import RowByRow, open_session, refuse_outside_files, run_rows
from governance.models.predict.answers import codes_of, hold_labels, scores_of
from governance.models.predict.feeds import MISSING_TEXT, feeds_of
from governance.models.predict.made_up import takes_many_rows
from governance.subject import Prediction, Signature

if TYPE_CHECKING:
    import onnx
    import pandas as pd
    from numpy.typing import NDArray

BATCH_CELLS: Final = 2_000_000
"""Cells (rows x columns) that are handed to the model at a time."""


class OnnxPredictor:
    """A model file opened in ONNX Runtime; implements `governance.subject.signature.Predictor`.

    A final ZipMap is cut off in memory, because it only wraps the score tensor into maps; the digest is that of the file as
    it is.
    """

    def __init__(self, source: Path | str | bytes, signature: Signature, digest: str = "", threads: int = 1) -> None:
        """Open the model.

        Raises:
            RefusedInputError: the file is not the one that `digest` names, or ONNX Runtime does not accept it.
        """
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        self._file = data
        self._digest = sha256(data)
        if digest and digest != self._digest:
            raise RefusedInputError(
                f"The model file has digest {self._digest[:16]}…, expected {digest[:16]}….", "Register the file again."
            )
        model = parse_model(data)
        refuse_outside_files(model)
        self._signature = signature
        self._missing_text = metadata_of(model).get(MISSING_TEXT, "")
        self._scores = without_zipmap(model, signature)
        one = takes_one_row(model)
        freed = free_rows(model) if one else model
        session = open_session(freed.SerializeToString() if signature.zipmap or one else data, threads)
        self.row_by_row = one and not takes_many_rows(session, freed.graph, signature)
        """Whether the graph takes one row at a time."""
        self._session = RowByRow(open_session(model.SerializeToString(), threads)) if self.row_by_row else session
        self._ranks = {item.name: len(item.shape) for item in self._session.get_inputs()}

    @property
    def digest(self) -> str:
        """SHA-256 of the model file."""
        return self._digest

    @property
    def file(self) -> bytes:
        """The bytes of the model file, for those who read its graph."""
        return self._file

    @property
    def signature(self) -> Signature:
        """What goes in and what comes out."""
        return self._signature

    def feeds(self, frame: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
        """Return the tensors of the model's inputs for the rows of `frame`; raises as `predict` does."""
        return feeds_of(frame, self._signature, self._ranks, self._missing_text)

    def predict(self, frame: pd.DataFrame) -> Prediction:
        """Return the prediction for each row of `frame`, which has at least the columns of the signature.

        Missing values stay missing: NaN in float inputs; in string inputs the text that the file names, else the empty string.

        Raises:
            RefusedInputError: a column is missing or does not fit, or the model answers with scores that are no numbers.
        """
        rows = max(1, BATCH_CELLS // max(1, len(self._signature.columns)))
        parts = [self._batch(frame.iloc[start : start + rows]) for start in range(0, max(len(frame), 1), rows)]
        score = np.concatenate([part.score for part in parts])
        labels = [part.label for part in parts if part.label is not None]
        return Prediction(self._signature.classes, np.concatenate(labels) if labels else None, score)

    def _batch(self, frame: pd.DataFrame) -> Prediction:
        signature = self._signature
        if len(frame) == 0:
            k = max(1, len(signature.classes))
            return Prediction(signature.classes, np.zeros(0, np.intp) if signature.classes else None, np.zeros((0, k)))
        outputs = self._run(self.feeds(frame))
        if signature.task == "regression":
            return Prediction((), None, scores_of(outputs[0], len(frame), 1))
        score = scores_of(outputs[-1], len(frame), len(signature.classes))
        if not signature.label_output:
            return Prediction(signature.classes, score.argmax(axis=1), score)
        label = codes_of(outputs[0], signature.classes, len(frame))
        hold_labels(label, score)
        return Prediction(signature.classes, label, score)

    def _run(self, feeds: dict[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        return run_rows(self._session, [name for name in (self._signature.label_output, self._scores) if name], feeds)


def without_zipmap(model: onnx.ModelProto, signature: Signature) -> str:
    """Take the final ZipMap out of `model` in place and return the name of the tensor with the scores ("" without scores)."""
    from onnx import TensorProto, helper

    if not signature.zipmap:
        return signature.score_output
    graph = model.graph
    node = next(item for item in graph.node if signature.score_output in item.output)
    graph.node.remove(node)
    kept = [item for item in graph.output if item.name != signature.score_output]
    tensor = node.input[0]
    del graph.output[:]
    graph.output.extend(kept)
    if tensor not in {item.name for item in kept}:
        graph.output.append(helper.make_tensor_value_info(tensor, TensorProto.FLOAT, None))
    return tensor
