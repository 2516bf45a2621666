"""What converters to ONNX are known not to carry over: refused before, or explained after, with the remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from governance.evidence import RefusedInputError

_ENCODE: Final = "Encode the categories in a scikit-learn pipeline and convert that."


@dataclass(frozen=True, slots=True)
class Gap:
    """One failure of a converter that is known."""

    words: str
    """Regular expression that the converter's message matches."""
    cause: str
    remedy: str


GAPS: Final = (
    Gap("categorical_feature do not match|pandas_categorical|int, float, bool or category|[Cc]ategory",
        "It takes pandas categories, whose numbers lie outside of the file.", _ENCODE),
    Gap("[Uu]nable to find a? ?(shape calculator|converter)", "One of its steps has no converter to ONNX.",
        "Replace the step that has no converter (https://onnx.ai/sklearn-onnx/supported.html), or export ONNX yourself."),
    Gap("FunctionTransformer", "A FunctionTransformer runs Python code, which ONNX does not hold.",
        "Replace it by a step of scikit-learn, or apply it to the data before."),
    Gap("[Cc]ategorical (features|splits)|enable_categorical|is_categorical",
        "Its own splits by category are not converted.", _ENCODE),
    Gap("gbtree_model_param", "The converter knows plain trees of XGBoost only, neither its linear boosters nor DART.",
        "Train it with booster=gbtree; a linear booster is a linear model that scikit-learn holds, too."),
    Gap("Unexpected label type", "CatBoost writes labels of text and whole numbers, no booleans.", "Train it with labels 0 and 1."),
    Gap("could not convert string to float", "A step takes text where its converter takes numbers only.", _ENCODE),
    Gap("must be named.*f%d|feature_names", "The converter takes numbered columns only.",
        "Train it on an array, or name the columns f0, f1, and so on."),
)  # fmt: skip
"""Looked through in this order."""
_UNKNOWN: Final = Gap(
    "",
    "",
    "Replace the step that has no converter (https://onnx.ai/sklearn-onnx/supported.html), or export ONNX yourself.",
)


_OBJECTIVES: Final = {
    "binary:hinge": "answers with labels alone, 0 or 1, and the converter writes probabilities",
    "binary:logitraw": "answers with log-odds, which the converter does not know",
    "multi:softmax": "answers with labels alone, and the converter writes probabilities",
}
"""Objectives of XGBoost whose answers are no probabilities, and why their ONNX form is another model."""
_PROBABILITIES: Final = {"multi:softmax": "multi:softprob"}


def gap_of(message: str) -> Gap:
    """Return what is known about a converter's message; cause "" when nothing is."""
    return next((gap for gap in GAPS if re.search(gap.words, message)), _UNKNOWN)


def refuse_what_is_lost(estimator: Any) -> None:
    """Refuse a booster whose answers depend on something that the ONNX form has no place for.

    Raises:
        RefusedInputError: pandas categories, zero as a missing value (LightGBM), another missing value than NaN or an objective
            whose answers are no probabilities (XGBoost).
    """
    inner = getattr(estimator, "inner", None) or getattr(estimator, "_Booster", None)
    if hasattr(inner, "pandas_categorical"):
        _refuse_lightgbm(inner)
    if not type(estimator).__name__.startswith("XGB"):
        return
    if hasattr(inner, "save_config"):
        _refuse_xgboost(inner)
    missing = getattr(estimator, "missing", None)
    if isinstance(missing, int | float) and not np.isnan(missing):
        raise RefusedInputError(
            f"XGBoost takes {missing:g} for a missing value here, which the ONNX form does not hold.",
            "Write NaN for missing values and train with missing=nan.",
        )


def _refuse_lightgbm(booster: Any) -> None:
    if booster.pandas_categorical and any(booster.pandas_categorical):
        raise RefusedInputError(
            "The model takes pandas categories: their numbers lie outside of its trees, and ONNX does not hold them.",
            _ENCODE,
        )
    kinds = re.findall(r"^decision_type=(.*)$", booster.model_to_string(), re.MULTILINE)
    if any(int(kind) >> 2 & 3 == 1 for line in kinds for kind in line.split()):  # LightGBM's MissingType::Zero
        raise RefusedInputError(
            "LightGBM takes zero for a missing value here (zero_as_missing), which the ONNX form does not hold.",
            "Write NaN for missing values and train without zero_as_missing.",
        )


def _refuse_xgboost(booster: Any) -> None:
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    if objective in _OBJECTIVES:
        other = _PROBABILITIES.get(objective, "binary:logistic")
        raise RefusedInputError(
            f"XGBoost's objective {objective} {_OBJECTIVES[objective]}.",
            f"Train with objective={other}; its label is the class with the highest probability.",
        )
    for name, words in _text_categories(booster):
        raise RefusedInputError(
            f"Column {name!r} holds pandas categories ({', '.join(words[:5])}{', ...' if len(words) > 5 else ''}): XGBoost numbers "
            "them itself, and the ONNX form takes the numbers alone.",
            f"Train on the numbers (data[{name!r}].cat.codes) and give them in the sample, too; or encode the column in a "
            "scikit-learn pipeline and convert that.",
        )


def _text_categories(booster: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield each column with categories of text, and these; XGBoost before 3.1 does not keep them."""
    if "c" not in (booster.feature_types or ()) or not hasattr(booster, "get_categories"):
        return
    for name, values in booster.get_categories(export_to_arrow=True).to_arrow():
        words = [] if values is None else values.to_pylist()
        if any(isinstance(word, str) for word in words):
            yield str(name), [str(word) for word in words]
