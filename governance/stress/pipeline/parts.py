"""A scikit-learn pipeline taken apart: columns with what is done to each, and the model behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from governance.evidence import RefusedInputError
from governance.stress import recipe

COLUMN_BY_COLUMN: Final = (
    "SimpleImputer", "StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler", "OneHotEncoder", "OrdinalEncoder",
)  # fmt: skip
"""Transformers of which no column has a part in what becomes of another: these encode each column once."""
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "impute": ("SimpleImputer",),
    "scale": ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"),
    "encode": ("OneHotEncoder", "OrdinalEncoder"),
}
"""What may stand in place of each other."""
_ADVICE: Final = "Give a Pipeline of one ColumnTransformer, with lists of column names, and a classifier behind it."


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that are transformed together: one, wherever the transformer goes column by column."""

    columns: tuple[str, ...]
    transformer: Any
    """Not trained; "passthrough" for none."""
    supervised: bool
    """Whether the labels may have a part in it: it is trained again with every change of labels."""

    @property
    def key(self) -> str:
        """What tells it from other ways of transforming the same columns."""
        return f"{self.columns} {described(self.transformer)}"


@dataclass(frozen=True, slots=True)
class Pieces:
    """A pipeline in pieces."""

    parts: tuple[Part, ...]
    model: Any
    """The last step, not trained."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))

    def without(self, column: str) -> Pieces | None:
        """Return it without one column, None where others are transformed together with it or nothing would be left."""
        kept = tuple(part for part in self.parts if column not in part.columns)
        alone = all(len(part.columns) == 1 for part in self.parts if column in part.columns)
        return replace(self, parts=kept) if kept and alone else None

    def steps(self) -> tuple[str, ...]:
        """Return its steps in words, the model last."""
        by_step: dict[str, list[str]] = {}
        for part in self.parts:
            by_step.setdefault(_names(part.transformer), []).extend(part.columns)
        return (*(f"{step}: {', '.join(names)}" for step, names in by_step.items()), type(self.model).__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One operator in place of another."""

    family: str
    name: str
    """What is put in, in words."""
    made: Any


def exchanges() -> tuple[Exchange, ...]:
    """Return what may be put in place of the operators of a pipeline."""
    found = [Exchange("impute", f"missing numbers are filled with the {name.replace('_', ' ')}", recipe.imputer(name))
             for name in ("mean", "median", "most_frequent")]  # fmt: skip
    found += [Exchange("scale", f"numbers are scaled: {name}", recipe.scaler(name))
              for name in ("standard", "minmax", "robust", "none")]  # fmt: skip
    found += [Exchange("encode", f"texts are encoded: {name.replace('_', ' ')}", recipe.encoder(name))
              for name in ("one_hot", "ordinal")]  # fmt: skip
    return tuple(found)


def exchanged(pieces: Pieces, wanted: Exchange) -> Pieces | None:
    """Return a pipeline with one operator exchanged wherever it has one of the family, None where nothing would differ."""
    parts = tuple(replace(part, transformer=_with(part.transformer, wanted)) for part in pieces.parts)
    differs = any(new.key != old.key for new, old in zip(parts, pieces.parts, strict=True))
    return replace(pieces, parts=parts) if differs else None


def pieces_of(pipeline: Any) -> Pieces:
    """Take a pipeline apart.

    Raises:
        RefusedInputError: it is built otherwise than one ColumnTransformer and a classifier behind it.
    """
    from sklearn.base import clone

    steps = [step for _, step in getattr(pipeline, "steps", ())]
    if len(steps) != 2 or type(steps[0]).__name__ != "ColumnTransformer" or not hasattr(steps[1], "predict_proba"):
        got = ", ".join(type(step).__name__ for step in steps) or type(pipeline).__name__
        raise RefusedInputError(f"The pipeline is {got}; its columns cannot be followed.", _ADVICE)
    table = steps[0]
    if table.remainder != "drop" or table.transformer_weights:
        raise RefusedInputError("The ColumnTransformer has a remainder or weights; its columns are not named.", _ADVICE)
    parts = tuple(part for _, transformer, columns in table.transformers for part in _parts(transformer, columns))
    if not parts:
        raise RefusedInputError("The pipeline reads no column.", _ADVICE)
    return Pieces(parts, clone(steps[1]))


def _parts(transformer: Any, columns: Any) -> Iterator[Part]:
    from sklearn.base import clone

    if isinstance(transformer, str) and transformer == "drop":
        return
    if not isinstance(columns, list | tuple) or not all(isinstance(name, str) for name in columns):
        raise RefusedInputError("The ColumnTransformer picks columns otherwise than by a list of names.", _ADVICE)
    made = transformer if isinstance(transformer, str) else clone(transformer)
    if _column_by_column(made):
        for name in columns:
            yield Part((name,), made, supervised=False)
    elif columns:
        yield Part(tuple(columns), made, supervised=True)


def _column_by_column(transformer: Any) -> bool:
    if isinstance(transformer, str):
        return transformer == "passthrough"
    if type(transformer).__name__ == "Pipeline":
        return all(_column_by_column(step) for _, step in transformer.steps)
    plain = type(transformer).__name__ in COLUMN_BY_COLUMN and type(transformer).__module__.startswith("sklearn.")
    return plain and not getattr(transformer, "add_indicator", False)


def _with(transformer: Any, wanted: Exchange) -> Any:
    from sklearn.base import clone

    if type(transformer).__name__ == "Pipeline":
        steps = [(name, _with(step, wanted)) for name, step in transformer.steps]
        return clone(transformer).set_params(steps=steps)
    return wanted.made if type(transformer).__name__ in FAMILIES[wanted.family] else transformer


def described(transformer: Any) -> str:
    """Return what a transformer is, with every parameter."""
    if isinstance(transformer, str):
        return transformer
    if type(transformer).__name__ == "Pipeline":
        return " > ".join(described(step) for _, step in transformer.steps)
    return f"{type(transformer).__name__}{sorted(transformer.get_params().items(), key=lambda item: item[0])!r}"


def _names(transformer: Any) -> str:
    if type(transformer).__name__ == "Pipeline":
        return " > ".join(_names(step) for _, step in transformer.steps)
    return transformer if isinstance(transformer, str) else type(transformer).__name__
