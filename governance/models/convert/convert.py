"""From a trained estimator to an ONNX file that keeps the names of its columns.

Runs on the machine of the person who trained the model, never in the server. Every conversion is compared with the estimator it
came from on given rows (`governance.models.convert.agreement`); the caller decides on the tolerance.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from governance.evidence import RefusedInputError
from governance.models.convert.converter_gaps import gap_of, refuse_what_is_lost
from governance.models.graph.reading import FEATURE_NAMES, parse_model, read_inputs

if TYPE_CHECKING:
    import onnx

EXACT_FLOAT32: Final = 2**24
"""Whole numbers up to this size are exact in float32."""
_TARGET_OPSET: Final = {"": 18, "ai.onnx.ml": 3}


def convert_estimator(estimator: Any, sample: pd.DataFrame) -> bytes:
    """Return the ONNX bytes of a fitted scikit-learn estimator or pipeline, LightGBM or XGBoost model.

    A pipeline that picks columns by name gets one input per raw column, any other estimator one wide float32 tensor. Class
    labels and column names are written into the file's metadata; scores come as one tensor (no ZipMap). A detector of outliers
    answers with its score alone, below 0 for outliers. Missing text is the empty string in the graph, as
    `governance.models.predict.feeds` writes it.

    Args:
        estimator: fitted; a search over parameters stands for its best estimator.
        sample: rows with the raw columns, as the estimator takes them; decides which inputs are text.

    Raises:
        RefusedInputError: the estimator cannot be converted; the message names the part and what to do.
    """
    estimator = getattr(estimator, "best_estimator_", estimator)
    columns = columns_of(estimator, sample)
    if class_names(estimator) and not hasattr(estimator, "predict_proba"):
        raise RefusedInputError(
            f"{type(estimator).__name__} gives labels without probabilities.",
            "Wrap it in sklearn.calibration.CalibratedClassifierCV and fit that.",
        )
    for part in (estimator, *_parts(estimator)):
        refuse_what_is_lost(part)
    if _library(estimator) in {"lightgbm", "xgboost"}:
        _refuse_text(sample, columns)
    ways = {"lightgbm": _boosted, "xgboost": _boosted, "catboost": _catboost}
    way = ways.get(_library(estimator))
    model = _sklearn(estimator, sample, columns) if way is None else way(estimator, len(columns))
    if is_detector(estimator):
        _keep_score(model)
    model.graph.name = "model"  # converters write a random name; equal estimators shall give equal bytes
    return named(model, columns, class_names(estimator))


def is_detector(estimator: Any) -> bool:
    """Return whether the estimator tells how usual a row is, as an isolation forest does: its answer is that number."""
    return hasattr(estimator, "decision_function") and not hasattr(estimator, "classes_")


def _keep_score(model: Any) -> None:
    """Take the verdict, 1 or -1, out of the answer of a detector of outliers; the number that it follows from stays."""
    kept = [item for item in model.graph.output if item.name != "label"]
    del model.graph.output[:]
    model.graph.output.extend(kept)


def columns_of(estimator: Any, sample: pd.DataFrame) -> tuple[str, ...]:
    """Return the raw columns that the estimator takes, in its order.

    Raises:
        RefusedInputError: the sample lacks one, or has another number of columns than the estimator takes.
    """
    trained = getattr(estimator, "feature_names_" if _library(estimator) == "catboost" else "feature_names_in_", None)
    if trained is not None and _library(estimator) == "lightgbm":
        trained = _unescaped(trained, sample)
    columns = tuple(map(str, sample.columns if trained is None else trained))
    absent = [name for name in columns if name not in sample.columns]
    if absent:
        raise RefusedInputError(
            f"The sample does not have {', '.join(map(repr, absent))}, which the estimator was trained on.",
            f"Columns of the sample: {', '.join(map(str, sample.columns))}.",
        )
    width = int(getattr(estimator, "n_features_in_", 0) or len(columns))
    if width != len(columns):
        raise RefusedInputError(
            f"The estimator takes {width} columns, the sample has {len(columns)}.",
            "Give the sample with the training columns only, in their order.",
        )
    return columns


def _library(estimator: Any) -> str:
    return str(getattr(estimator, "library", type(estimator).__module__.partition(".")[0]))


def _unescaped(trained: Any, sample: pd.DataFrame) -> Any:
    """Return the names as the data have them: LightGBM writes spaces as underscores, and numbers columns without names."""
    if all(name == f"Column_{index}" for index, name in enumerate(trained)):
        return None
    real = {str(name).replace(" ", "_"): str(name) for name in sample.columns}
    return [real.get(name, name) for name in trained]


def class_names(estimator: Any) -> tuple[str, ...]:
    """Return the class labels as text in the order of the scores; () for regression."""
    found = getattr(estimator, "classes_", None)
    if found is None:
        return ()
    plain = np.asarray(found).tolist()
    return tuple(f"{value:.15g}" if isinstance(value, float) else str(value) for value in plain)


def named(model: onnx.ModelProto, columns: tuple[str, ...], classes: tuple[str, ...]) -> bytes:
    """Return the bytes of `model` with column names and class labels in its metadata.

    Raises:
        RefusedInputError: the inputs take another number of columns than `columns` names.
    """
    width = sum(item.width for item in read_inputs(model.graph, columns))
    if width != len(columns):
        raise RefusedInputError(
            f"The converted graph takes {width} columns, the estimator {len(columns)}.",
            "Train the pipeline on the columns that it uses only.",
        )
    found = {entry.key: entry.value for entry in model.metadata_props}
    found[FEATURE_NAMES] = json.dumps(columns, ensure_ascii=False)
    if classes:
        found["classes"] = json.dumps(classes, ensure_ascii=False)
    del model.metadata_props[:]
    for key in sorted(found):
        model.metadata_props.add(key=key, value=found[key])
    return model.SerializeToString(deterministic=True)


def with_softmax(model: onnx.ModelProto, output: str) -> None:
    """Put a softmax behind the scores of several classes, in place; the output keeps its name."""
    from onnx import helper

    before = f"{output}_before_softmax"
    for node in model.graph.node:
        node.output[:] = [before if name == output else name for name in node.output]
        node.input[:] = [before if name == output else name for name in node.input]
    model.graph.node.append(helper.make_node("Softmax", [before], [output], axis=1))


def _boosted(estimator: Any, width: int) -> Any:
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    types = [("input", FloatTensorType([None, width]))]
    estimator, name = getattr(estimator, "inner", estimator), _library(estimator)
    opset = {"target_opset": 15}
    with guarded(estimator, "be converted to ONNX"):
        if name == "lightgbm":
            return onnxmltools.convert_lightgbm(estimator, initial_types=types, zipmap=False, **opset)
        return onnxmltools.convert_xgboost(_unnamed(estimator), initial_types=types, **opset)


def _catboost(estimator: Any, width: int) -> Any:  # noqa: ARG001 - the file knows its width
    """Return what CatBoost's own exporter writes."""
    with guarded(estimator, "be converted to ONNX"), tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        path = Path(folder) / "model.onnx"
        estimator.save_model(str(path), format="onnx")
        return parse_model(path.read_bytes())


def _unnamed(estimator: Any) -> Any:
    """Return a copy of an XGBoost model that numbers its columns, as the converter wants them."""
    plain = copy.deepcopy(estimator)
    plain.get_booster().feature_names = None
    return plain


def _sklearn(estimator: Any, sample: pd.DataFrame, columns: tuple[str, ...]) -> Any:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    _register_boosters()
    plain = copy.deepcopy(estimator)
    for part in _parts(plain):
        for one in getattr(part, "calibrated_classifiers_", ()):  # the frame of a frozen estimator has no converter
            one.estimator = getattr(one.estimator, "estimator", one.estimator)
    parts = list(_parts(plain))
    for part in parts:
        _missing_as_empty_text(part)
        if getattr(
            part, "flatten_transform", False
        ):  # the shape of a vote's `transform`, which is not converted; scores know none
            part.flatten_transform = False
    by_name = any(hasattr(part, "transformers_") for part in parts)
    if by_name:
        types = [(name, _type_of(sample[name])) for name in columns]
    else:
        _refuse_text(sample, columns)
        types = [("X", FloatTensorType([None, len(columns)]))]
    with guarded(estimator, "be converted to ONNX"):
        return convert_sklearn(
            plain,
            initial_types=types,
            options=_options(plain, parts),
            target_opset=_TARGET_OPSET,
            custom_conversion_functions=_histogram_converters(),
        )


def _options(estimator: Any, parts: list[Any]) -> dict[int, dict[str, Any]] | None:
    boosters = [part for part in parts if type(part).__name__ in ("LGBMClassifier", "XGBClassifier")]
    chosen = {id(part): {"zipmap": False} for part in boosters}
    if hasattr(estimator, "classes_"):
        chosen[id(estimator)] = {"zipmap": False}
    return chosen or None


def _parts(root: Any) -> Iterator[Any]:
    """Yield every estimator inside `root`, itself included, each once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, list | tuple):
            waiting.extend(item)
        elif isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, np.ndarray) and item.dtype == object:
            waiting.extend(value for value in item.ravel() if hasattr(value, "get_params"))
        elif hasattr(item, "get_params"):
            yield item
            waiting.extend(vars(item).values())


def _missing_as_empty_text(part: Any) -> None:
    """Rewrite, in a copy, what a step learned about missing text: in the graph it is the empty string."""
    statistics = getattr(part, "statistics_", None)
    if statistics is not None and np.asarray(statistics).dtype == object and not isinstance(part.missing_values, str):
        part.missing_values = ""
        part.statistics_ = np.array([str(value) for value in statistics], dtype=object)
    categories = getattr(part, "categories_", None)
    if isinstance(categories, list):
        part.categories_ = [_without_missing(np.asarray(values)) for values in categories]


def _without_missing(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if values.dtype != object or not any(isinstance(value, str) for value in values):
        return values
    return np.array(["" if pd.isna(value) else value for value in values], dtype=object)


def _type_of(column: pd.Series) -> Any:
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    dtype = column.cat.categories.dtype if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return FloatTensorType([None, 1])
    if pd.api.types.is_integer_dtype(dtype) and len(column) and column.abs().max() > EXACT_FLOAT32:
        return Int64TensorType([None, 1])
    if pd.api.types.is_numeric_dtype(dtype):
        return FloatTensorType([None, 1])
    if isinstance(dtype, pd.StringDtype) or pd.api.types.is_object_dtype(dtype):
        return StringTensorType([None, 1])
    raise RefusedInputError(
        f"Column {column.name!r} holds {dtype}, which an ONNX input cannot carry.",
        "Turn it into numbers or text before the pipeline, in training and in review alike.",
    )


def _refuse_text(sample: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for name in columns:
        if not pd.api.types.is_numeric_dtype(sample[name].dtype):
            raise RefusedInputError(
                f"Column {name!r} holds {sample[name].dtype}; an estimator without a ColumnTransformer takes numbers.",
                "Put the encoding of text into the pipeline (sklearn.compose.ColumnTransformer).",
            )


class guarded:  # noqa: N801 - reads as a statement: with guarded(estimator, "be converted to ONNX"): ...
    """Turn any failure of the user's library or of a converter into words; they raise whatever they like.

    Args:
        estimator: the model that is asked.
        what: what it could not do, behind "cannot".
    """

    def __init__(self, estimator: Any, what: str) -> None:
        self._name, self._what = type(estimator).__name__, what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is None or not isinstance(error, Exception) or isinstance(error, RefusedInputError):
            return
        words = " ".join(str(error).split())[:400]
        gap = gap_of(words)
        raise RefusedInputError(
            f"{self._name} cannot {self._what}: {gap.cause} {words}".replace(":  ", ": "), gap.remedy
        ) from error


def _histogram_converters() -> dict[type[Any], Callable[[Any, Any, Any], None]]:
    """Return converters for histogram gradient boosting whose attributes are plain numbers.

    The converter of skl2onnx 1.20 hands numpy booleans and integers to the node, which onnx 1.23 refuses as attributes.
    """
    from skl2onnx.common._registration import get_converter
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    def plainly(name: str) -> Callable[[Any, Any, Any], None]:
        def convert(scope: Any, operator: Any, container: Any) -> None:
            get_converter(name)(scope, operator, _PlainContainer(container))

        return convert

    return {
        HistGradientBoostingClassifier: plainly("SklearnHistGradientBoostingClassifier"),
        HistGradientBoostingRegressor: plainly("SklearnHistGradientBoostingRegressor"),
    }


class _PlainContainer:
    """A converter's container that takes numpy scalars in attributes as the Python numbers that they are."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def add_node(self, *arguments: Any, **attributes: Any) -> Any:
        return self._inner.add_node(*arguments, **{key: _plain(value) for key, value in attributes.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.bool_ | bool):
        return int(value)
    return value.item() if isinstance(value, np.generic) else value


def _register_boosters() -> None:
    """Teach skl2onnx the boosters of other libraries that are installed, so that they convert inside pipelines."""
    from importlib.util import find_spec

    if find_spec("onnxmltools") is None:
        return
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    options = {"zipmap": [True, False, "columns"], "nocl": [True, False], "raw_scores": [True, False]}
    for library, prefix, name in (("lightgbm", "LightGbm", "LGBM"), ("xgboost", "XGBoost", "XGB")):
        if find_spec(library) is None:
            continue
        source = __import__(library)
        classify, regress = _booster_converters(library)
        update_registered_converter(
            getattr(source, f"{name}Classifier"),
            f"{prefix}{name}Classifier",
            calculate_linear_classifier_output_shapes,
            classify,
            options=options,
        )
        update_registered_converter(
            getattr(source, f"{name}Regressor"),
            f"{prefix}{name}Regressor",
            calculate_linear_regressor_output_shapes,
            regress,
            options={"split": None},
        )


def _booster_converters(library: str) -> tuple[Any, Any]:
    if library == "lightgbm":
        from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm

        return convert_lightgbm, convert_lightgbm
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

    return convert_xgboost, convert_xgboost
