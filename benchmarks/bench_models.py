"""What asking a model costs beside ONNX Runtime itself, and how long the intake of a file takes.

Every ratio is against a peer measured in the same run: ONNX Runtime on tensors that are ready, and its list of maps turned into
a table row by row, which is what a caller of a model with ZipMap does without us.

Run: python -m benchmarks.bench_models [rows]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.outcome import tell
from governance.models import OnnxPredictor, convert_estimator, feeds_of, inspect, open_session, signature_of

ROWS = 48_000
ROUNDS = 5


def medians(*acts: Callable[[], object]) -> list[float]:
    """Return the median seconds of each act; they take turns, so that a busy machine slows all of them."""
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(ROUNDS + 1):
        for act, taken in zip(acts, times, strict=True):
            start = time.perf_counter()
            act()
            if turn:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def people(rows: int) -> pd.DataFrame:
    """Return made-up rows of numbers and text."""
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(rng.normal(size=(rows, 6)), columns=[f"n{index}" for index in range(6)])
    words = {f"t{index}": rng.choice([f"word {k}" for k in range(8)], rows) for index in range(6)}
    return numbers.assign(**words)


def trained(frame: pd.DataFrame, *, zipmap: bool) -> bytes:
    """Return a pipeline of one-hot encoding and 200 trees of 31 leaves as ONNX."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    text = [name for name in frame.columns if name.startswith("t")]
    columns = ColumnTransformer([("text", OneHotEncoder(sparse_output=False), text)], remainder="passthrough")
    model = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=200, early_stopping=False))
    sample = frame.iloc[:4000]
    data = convert_estimator(model.fit(sample, sample["n0"] + (sample["t0"] == "word 1") > 0), sample)
    return with_zipmap(data) if zipmap else data


def with_zipmap(data: bytes) -> bytes:
    """Return the model with its scores wrapped into maps, as converters do unless told otherwise."""
    import onnx
    from onnx import helper

    model = onnx.load_from_string(data)
    score = model.graph.output[1].name
    model.graph.node.append(
        helper.make_node("ZipMap", [score], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])
    )
    kind = helper.make_map_type_proto(onnx.TensorProto.INT64, helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, []))
    del model.graph.output[1]
    model.graph.output.append(helper.make_value_info("maps", helper.make_sequence_type_proto(kind)))
    entries = [item for item in model.metadata_props if item.key != "classes"]
    del model.metadata_props[:]
    model.metadata_props.extend(entries)
    return model.SerializeToString()


def main() -> None:
    """Print seconds and ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    frame = people(rows)
    plain, mapped = trained(frame, zipmap=False), trained(frame, zipmap=True)
    predictor, unzipped = (OnnxPredictor(data, signature_of(data)) for data in (plain, mapped))
    bare, maps = open_session(plain), open_session(mapped)
    feeds = feeds_of(frame, predictor.signature, {})
    alone, ours, by_maps, ours_mapped = medians(
        lambda: bare.run(None, feeds),
        lambda: predictor.predict(frame),
        lambda: pd.DataFrame(maps.run(None, feeds)[1]).to_numpy(),
        lambda: unzipped.predict(frame),
    )
    print(f"{rows:,} rows, one-hot and 200 trees; one thread; medians of {ROUNDS}")
    print(f"ONNX Runtime on ready tensors           {alone:8.3f} s")
    print(f"our prediction from a frame, checked    {ours:8.3f} s   {ours / alone:5.2f} x")
    print(f"ONNX Runtime with ZipMap, maps to table {by_maps:8.3f} s   {by_maps / alone:5.2f} x")
    print(f"our prediction of the same file         {ours_mapped:8.3f} s   {ours_mapped / alone:5.2f} x")
    tell("prediction from a frame, checked, against ready tensors", ours / alone)
    tell("prediction of a file with ZipMap against ONNX Runtime's maps", ours_mapped / by_maps, target=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(plain)
        report = inspect(path)
        print(
            f"intake of {len(plain):,} bytes in its own process {medians(lambda: inspect(path))[0]:6.2f} s, accepted {report.accepted}"
        )


if __name__ == "__main__":
    main()
