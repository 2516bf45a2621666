"""Trained models as their own libraries store them; opened on the machine of the person who trusts them, never in the server.

A skops file is audited before anything of it is built; joblib and pickle files run code when they are opened, and are opened only
on an explicit word of trust.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from governance.evidence import RefusedInputError
from governance.models.intake.magic import HEAD, foreign_format

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CATBOOST_CLASSES: Final = ("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll")


class BoosterModel:
    """A LightGBM model read from its text, with the few names of a scikit-learn regressor."""

    library: Literal["lightgbm"] = "lightgbm"

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.feature_names_in_ = np.array(inner.feature_name(), dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)

    def predict(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return (n,) predicted values."""
        return np.asarray(self.inner.predict(frame.to_numpy(dtype=np.float64)))


class BoosterClassifier(BoosterModel):
    """A LightGBM classifier read from its text; its classes are numbered from 0, because the text does not name them."""

    def __init__(self, inner: Any, k: int) -> None:
        super().__init__(inner)
        self.classes_ = np.arange(k)

    def predict_proba(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return (n, k) probabilities."""
        found = np.asarray(self.inner.predict(frame.to_numpy(dtype=np.float64)), dtype=np.float64)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])

    def predict(self, frame: pd.DataFrame) -> NDArray[np.generic]:
        """Return (n,) labels."""
        return np.asarray(self.classes_[self.predict_proba(frame).argmax(axis=1)])


def load_estimator(path: Path, *, trust_file: bool = False, trusted_types: tuple[str, ...] = ()) -> Any:
    """Return the estimator in a skops, joblib, pickle, LightGBM text, XGBoost JSON or CatBoost file.

    Args:
        path: the file.
        trust_file: the person's word that a pickle or joblib file may run its code.
        trusted_types: types beyond skops' own list that a skops file may build.

    Raises:
        RefusedInputError: another kind of file, unknown types in a skops file, or a pickle without the word of trust.
    """
    if not path.is_file():
        raise RefusedInputError(f"There is no file {path.name!r}.", "Check the path.")
    with path.open("rb") as stream:
        found = foreign_format(stream.read(HEAD))
    kind = found[0] if found else "unknown"
    if kind == "zip" and _is_skops(path):
        return _from_skops(path, trusted_types)
    if kind in ("pickle", "zlib", "gzip", "bzip2", "xz"):
        return _from_pickle(path, trust_file=trust_file)
    if kind == "lightgbm":
        return _from_lightgbm(path)
    if kind == "xgboost":
        return _from_xgboost(path)
    if kind == "catboost":
        return _from_catboost(path)
    raise RefusedInputError(
        found[1].found.replace("an ONNX model", "a trained model")
        if found
        else f"{path.name} is no known kind of file.",
        "Give a skops file, LightGBM text, XGBoost JSON, or a joblib or pickle file with --i-trust-this-file.",
    )


def _need(library: str) -> Any:
    try:
        return __import__(library)
    except ImportError as error:
        raise RefusedInputError(
            f"This kind of file needs {library}, which is not installed.", "pip install 'countersign[convert]'"
        ) from error


def _is_skops(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "schema.json" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _from_skops(path: Path, trusted_types: tuple[str, ...]) -> Any:
    _need("skops")
    from skops import io

    try:
        unknown = sorted(set(io.get_untrusted_types(file=path)) - set(trusted_types))
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise RefusedInputError(
            f"The skops file cannot be read: {error}.", "Write it again with skops.io.dump."
        ) from error
    if unknown:
        raise RefusedInputError(
            f"The skops file builds types that nobody has vouched for: {', '.join(unknown[:20])}.",
            "Look at each, then name those that you trust: --trust-type NAME.",
        )
    return io.load(path, trusted=list(trusted_types))


def _from_pickle(path: Path, *, trust_file: bool) -> Any:
    if not trust_file:
        raise RefusedInputError(
            f"{path.name} is a pickle or joblib file: opening it runs whatever code is inside.",
            "If you made it yourself, say so: --i-trust-this-file. Better: store it with skops.io.dump.",
        )
    import joblib

    try:
        found = joblib.load(path)
    except Exception as error:
        raise RefusedInputError(
            f"The file cannot be opened: {type(error).__name__}: {str(error)[:200]}.",
            "Use the versions of Python and the libraries that wrote it.",
        ) from error
    if not hasattr(found, "predict"):
        raise RefusedInputError(
            f"The file holds {type(found).__name__}, which is no estimator.", "Store the fitted model."
        )
    return found


def _from_lightgbm(path: Path) -> BoosterModel:
    lightgbm = _need("lightgbm")
    try:
        booster = lightgbm.Booster(model_file=str(path))
    except lightgbm.basic.LightGBMError as error:
        raise RefusedInputError(
            f"LightGBM does not read the file: {error}.", "Write it again: booster.save_model."
        ) from error
    objective = str(booster.dump_model(num_iteration=1).get("objective", "regression"))
    if objective.startswith(("binary", "multiclass", "softmax")):
        found = re.search(r"num_class:(\d+)", objective)
        return BoosterClassifier(booster, int(found[1]) if found else 2)
    return BoosterModel(booster)


def _from_xgboost(path: Path) -> Any:
    xgboost = _need("xgboost")
    try:
        booster = xgboost.Booster(model_file=str(path))
        objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
        kind = xgboost.XGBClassifier if objective.startswith(("binary:", "multi:")) else xgboost.XGBRegressor
        model = kind(n_jobs=1)
        model.load_model(str(path))
    except (xgboost.core.XGBoostError, TypeError, KeyError, ValueError) as error:
        raise RefusedInputError(
            f"XGBoost does not read the file: {str(error)[:200]}.", "Write it again: model.save_model('model.json')."
        ) from error
    return model


def _from_catboost(path: Path) -> Any:
    try:
        import catboost
    except ImportError as error:
        raise RefusedInputError(
            "This kind of file needs catboost, which is not installed.",
            "pip install catboost; or write ONNX yourself: model.save_model('model.onnx', format='onnx').",
        ) from error
    try:
        plain = catboost.CatBoost().load_model(str(path))
        loss = str(plain.get_all_params().get("loss_function", ""))
        kind = catboost.CatBoostClassifier if loss.startswith(_CATBOOST_CLASSES) else catboost.CatBoostRegressor
        return kind().load_model(str(path))
    except catboost.CatBoostError as error:
        raise RefusedInputError(
            f"CatBoost does not read the file: {str(error)[:200]}.", "Write it again: model.save_model('model.cbm')."
        ) from error
