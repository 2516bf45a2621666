"""A pipeline as a few choices: what the product can train itself, without code from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from governance.evidence import decode, toml_fields, unknown_choice

if TYPE_CHECKING:
    import pandas as pd

Impute = Literal["mean", "median", "most_frequent"]
Scale = Literal["standard", "minmax", "robust", "none"]
Encode = Literal["one_hot", "ordinal"]
Learner = Literal["logistic", "boosted", "forest"]
FIELDS: Final = ("impute", "scale", "encode", "model")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One imputer and one scaler for numbers, one encoder for texts, one model."""

    impute: Impute = "median"
    """What missing numbers are filled with, from the training rows."""
    scale: Scale = "standard"
    """How numbers are scaled."""
    encode: Encode = "one_hot"
    """How texts become numbers; a text that was not learnt is no category, or -1."""
    model: Learner = "logistic"
    """logistic regression, gradient boosting over histograms, or a forest of 100 trees."""


def read_recipe(text: str, name: str = "the recipe") -> Recipe:
    """Return the recipe that a TOML text describes.

    Raises:
        RefusedInputError: it is no TOML, or has a field or a value that there is not.
    """
    found = toml_fields(text, name, 'Write for example: model = "logistic"')
    strange = sorted(set(found) - set(FIELDS))
    if strange:
        raise unknown_choice("field of the recipe", strange[0], FIELDS)
    return decode(Recipe, found)


def imputer(name: Impute) -> Any:
    """Return scikit-learn's imputer; a column without any number stays, as zeros."""
    from sklearn.impute import SimpleImputer

    return SimpleImputer(strategy=name, keep_empty_features=True)


def scaler(name: Scale) -> Any:
    """Return scikit-learn's scaler, "passthrough" for none."""
    from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

    found = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}
    return found[name]() if name in found else "passthrough"


def encoder(name: Encode) -> Any:
    """Return scikit-learn's encoder."""
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    if name == "one_hot":
        return OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)


def learner(name: Learner) -> Any:
    """Return scikit-learn's model."""
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    if name == "logistic":
        return LogisticRegression(max_iter=1000)
    if name == "boosted":
        return HistGradientBoostingClassifier(random_state=0)
    return RandomForestClassifier(n_estimators=100, random_state=0)


def pipeline_of(recipe: Recipe, frame: pd.DataFrame) -> Any:
    """Return the pipeline, not yet trained, for the columns of a frame."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline, make_pipeline

    numbers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    texts = [name for name in frame.columns if name not in numbers]
    parts = [("numbers", make_pipeline(imputer(recipe.impute), scaler(recipe.scale)), numbers)] if numbers else []
    parts += [("texts", encoder(recipe.encode), texts)] if texts else []
    return Pipeline([("encoding", ColumnTransformer(parts)), ("model", learner(recipe.model))])
