"""The door for people who search elsewhere: every trial of FLAML, Optuna or scikit-learn leaves an audited record.

```python
log = audited("roles.toml", frame, "norms.toml")
AutoML().fit(X, y, metric=log.flaml(), ...)     # FLAML; X keeps the index of `frame`
log.save("trials.json")
```
scikit-learn takes `scoring=log.scorer`; an Optuna objective calls `log.add(index, scores)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from governance.evidence import RefusedInputError, encode, text_of
from governance.fairness import AuditedModel, FinishedReport, NormSet, certify, finished, norms as room
from governance.subject import Schema, from_toml

if TYPE_CHECKING:
    import pandas as pd

CODES: Final[Mapping[str, int]] = {"kept": 0, "cannot_tell": 1, "violated": 2}
"""Verdict -> number, for searches that log numbers alone."""


@dataclass(slots=True, eq=False)
class Trials:
    """Trials of a search as they come in. Each verdict of `add` is about its own trial; `report` corrects for how many there were."""

    schema: Schema
    frame: pd.DataFrame
    norms: NormSet
    small: tuple[str, ...] = ()
    """Groups with too few rows for anything to be said."""
    _counts: list[tuple[str, tuple[certify.Counts, ...], int, float, float | None]] = field(default_factory=list)
    _words: list[dict[str, Any]] = field(default_factory=list)

    def add(self, index: Any, scores: Any, **words: Any) -> AuditedModel:
        """Audit one trial and keep its counts.

        Args:
            index: (n,) labels of the rows of `frame` that were answered, each once.
            scores: (n,) probability of the positive label; a row is selected from the schema's threshold on.
            words: anything JSON that should stand beside the trial, such as its parameters.

        Raises:
            RefusedInputError: rows that the frame does not have or has twice, scores of another length, missing or infinite ones.
        """
        import pandas as pd

        rows = self._rows(index)
        values = pd.Series(np.asarray(scores))
        if len(values) != len(rows):
            raise RefusedInputError(
                f"Got {len(values):,} scores for {len(rows):,} rows.", "Give one score for each row."
            )
        chosen = finished.decisions(values, self.schema)
        those = finished.people(rows, self.schema, self.norms)
        own = chosen[those.known]
        right = None if those.label is None else float((own == (those.label > 0)).mean())
        name = str(len(self._counts))
        kept = (name, certify.counted(those.pairs, own), len(own), float(own.mean()) if len(own) else 0.0, right)
        found = self._judged(kept, models=1)
        json.dumps(words)  # what cannot be saved is refused here, with the trial it belongs to
        self._counts.append(kept)
        self._words.append(words)
        return found

    def _rows(self, index: Any) -> pd.DataFrame:
        import pandas as pd

        wanted = pd.Index(index)
        unknown = ~wanted.isin(self.frame.index)
        if not wanted.is_unique or unknown.any():
            what = (
                f"{int(unknown.sum()):,} of {len(wanted):,} rows are not in the frame, such as {str(wanted[unknown][0])[:60]!r}."
                if unknown.any()
                else f"{int(wanted.duplicated().sum()):,} rows come twice."
            )
            raise RefusedInputError(what, "Search on data frames that keep the index of the frame that was given here.")
        rows: pd.DataFrame = self.frame.loc[wanted]
        return rows

    def _judged(
        self, kept: tuple[str, tuple[certify.Counts, ...], int, float, float | None], *, models: int
    ) -> AuditedModel:
        name, counts, rows, selected, accuracy = kept
        return finished.judged(
            name, counts, models=models, alpha=self.norms.level, rows=rows, selected=selected, accuracy=accuracy
        )

    def report(self) -> FinishedReport:
        """Return all trials, corrected for their number.

        Raises:
            RefusedInputError: no trial was added.
        """
        if not self._counts:
            raise RefusedInputError("No trial was added.", "Give log.flaml() or log.scorer to the search first.")
        models = tuple(self._judged(item, models=len(self._counts)) for item in self._counts)
        notices = tuple(finished.notices(self.norms, self.small))
        return FinishedReport(self.norms.digest, self.norms.level, models, notices)

    def save(self, path: str | Path) -> None:
        """Write the corrected report as JSON, each trial with the words that were given beside it."""
        value = encode(self.report())
        value["models"] = [{**item, "words": words} for item, words in zip(value["models"], self._words, strict=True)]
        Path(path).write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def scorer(self, estimator: Any, features: pd.DataFrame, label: object = None) -> float:  # noqa: ARG002 - by its index
        """Audit a fitted estimator and return its accuracy: what scikit-learn's `scoring=` takes.

        Raises:
            RefusedInputError: as `add` raises, or the estimator does not know the positive label.
        """
        found = self.add(features.index, self._scores(estimator, features), learner=type(estimator).__name__)
        if found.accuracy is None:
            raise RefusedInputError("The schema names no target and positive label.", 'Add for example: target = "y".')
        return found.accuracy

    def flaml(self, loss: Callable[[Any, Any], float] | None = None) -> Callable[..., tuple[float, dict[str, float]]]:
        """Return a metric for `flaml.AutoML.fit(metric=...)`: the loss of each trial (1 - accuracy by default), audited.

        Args:
            loss: of (labels, scores) -> what the search makes small.
        """

        def metric(
            features: pd.DataFrame, label: Any, estimator: Any, *_rest: Any, **_named: Any
        ) -> tuple[float, dict[str, float]]:
            scores = self._scores(estimator, features)
            found = self.add(features.index, scores, learner=type(estimator).__name__)
            value = float(loss(label, scores)) if loss else 1 - (found.accuracy or 0.0)
            return value, {"loss": value, "strain": found.strain, "verdict": float(CODES[found.verdict])}

        return metric

    def _scores(self, estimator: Any, features: pd.DataFrame) -> Any:
        answers = np.asarray(estimator.predict_proba(features))
        classes = [str(item) for item in getattr(estimator, "classes_", range(answers.shape[1]))]
        if self.schema.positive in classes:
            return answers[:, classes.index(self.schema.positive)]
        labels = sorted(text_of(self.frame[self.schema.target]).dropna().unique()) if self.schema.target else []
        if (
            classes == ["0", "1"] and len(labels) == 2 and self.schema.positive in labels
        ):  # the search numbered the labels in order
            return answers[:, labels.index(self.schema.positive)]
        raise RefusedInputError(
            f"The estimator knows the labels {', '.join(classes)[:120]}, not {self.schema.positive!r}.",
            "Name one of them as positive in the schema.",
        )


def audited(schema: Schema | str | Path, frame: pd.DataFrame, norms: NormSet | str | Path) -> Trials:
    """Return a log that audits every trial of a search.

    Args:
        schema: roles of the columns, or the path of a TOML file with them: the label, its positive value, the threshold.
        frame: people by index, with the columns that the norms and the schema name; the search need not see them.
        norms: what a model has to keep, or the path of a TOML file.

    Raises:
        RefusedInputError: files that cannot be read, an index with an entry twice, a column that is not there.
    """
    read = from_toml(Path(schema).read_text(encoding="utf-8")) if isinstance(schema, (str, Path)) else schema
    asked = room.norm.from_toml(Path(norms).read_text(encoding="utf-8")) if isinstance(norms, (str, Path)) else norms
    if not frame.index.is_unique:
        raise RefusedInputError(
            f"{int(frame.index.duplicated().sum()):,} entries of the frame's index come twice.",
            "Give each person one entry.",
        )
    if read.target and read.target not in frame.columns:
        raise RefusedInputError(f"The frame has no column {read.target!r}, the target.", "Give a frame with the label.")
    those = finished.people(frame, read, asked)  # what is wrong with the norms is said before the search begins
    return Trials(read, frame, asked, those.small)
