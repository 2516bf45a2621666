"""The demonstration as files in a folder, the same bytes for the same seed on one platform."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from governance.data import digest_of
from governance.demo import texts
from governance.demo.credit import portfolio
from governance.demo.parts import Demo, DemoModel, DemoTable
from governance.demo.patients import SOURCE as PATIENTS_SOURCE, patients
from governance.demo.planted import PLANTED
from governance.demo.training import boosted_credit, progression_ridge, scorecard_credit
from governance.evidence import Progress, silent
from governance.subject import Schema

SEED: Final = 20_240_101
THRESHOLD: Final = 0.75
CREDIT_SCHEMA: Final = Schema(
    target="repaid",
    positive="yes",
    negative=("no",),
    selected_is="good",
    sensitive=("sex", "origin"),
    identifier="application_id",
    timestamp="applied_on",
    ignore=("month",),
    threshold=THRESHOLD,
)
PATIENTS_SCHEMA: Final = Schema(target="progression", sensitive=("sex",))
_Role = Literal["training", "evaluation", "monitoring"]
_WINDOWS: Final[tuple[tuple[str, _Role, tuple[int, int]], ...]] = (
    ("simulated-credit-training", "training", (1, 9)),
    ("simulated-credit-evaluation", "evaluation", (10, 12)),
    ("simulated-credit-window-13-15", "monitoring", (13, 15)),
    ("simulated-credit-window-16-18", "monitoring", (16, 18)),
)
_STEPS: Final = 7


def build_demo(folder: Path, progress: Progress = silent) -> Demo:
    """Write the demonstration's tables and models into the folder and return what they are.

    Takes a few seconds; needs no network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(0, _STEPS, "drawing 40,000 simulated applicants")
    recorded, truth = portfolio(np.random.default_rng(SEED))
    progress(1, _STEPS, "writing the simulated portfolio")
    truth_path = folder / "simulated-credit-truth.parquet"
    truth.to_parquet(truth_path, index=False)
    tables = [_window(folder, recorded, *window) for window in _WINDOWS]
    progress(2, _STEPS, "writing the 442 patients")
    training, evaluation = patients(np.random.default_rng(SEED))
    tables += [
        _patients(folder, training, "diabetes-training", "training"),
        _patients(folder, evaluation, "diabetes-evaluation", "evaluation"),
    ]
    progress(3, _STEPS, "training the boosted trees")
    first_months = recorded[recorded["month"] <= 9]
    models = [
        _model(folder, texts.BOOSTED, lambda: boosted_credit(first_months, SEED)),
    ]
    progress(4, _STEPS, "training the scorecard")
    models.append(_model(folder, texts.SCORECARD, lambda: scorecard_credit(first_months)))
    progress(5, _STEPS, "training the regression on patients")
    models.append(_model(folder, texts.RIDGE, lambda: progression_ridge(training)))
    progress(_STEPS, _STEPS, "done")
    return Demo(
        title=texts.TITLE,
        description=texts.DESCRIPTION,
        tables=tuple(tables),
        models=tuple(models),
        planted=PLANTED,
        truth=truth_path,
    )


def _window(folder: Path, recorded: pd.DataFrame, name: str, role: _Role, months: tuple[int, int]) -> DemoTable:
    first, last = months
    rows = recorded[recorded["month"].between(first, last)].reset_index(drop=True)
    title = f"Simulated credit, months {first} to {last}"
    description = f"{len(rows):,} simulated applications for consumer credit, months {first} to {last}. {texts.NOBODY}"
    return _written(
        rows,
        DemoTable(
            name=name,
            title=title,
            description=description,
            path=folder / f"{name}.parquet",
            digest="",
            schema=CREDIT_SCHEMA,
            rows=len(rows),
            role=role,
            simulated=True,
            source=texts.CREDIT_SOURCE,
        ),
    )


def _patients(folder: Path, rows: pd.DataFrame, name: str, role: _Role) -> DemoTable:
    title = f"Diabetes, {len(rows)} patients for {role}"
    return _written(
        rows,
        DemoTable(
            name=name,
            title=title,
            description=texts.PATIENTS,
            path=folder / f"{name}.parquet",
            digest="",
            schema=PATIENTS_SCHEMA,
            rows=len(rows),
            role=role,
            simulated=False,
            source=PATIENTS_SOURCE,
        ),
    )


def _written(rows: pd.DataFrame, table: DemoTable) -> DemoTable:
    rows.to_parquet(table.path, index=False, compression="zstd")
    return replace(table, digest=digest_of(table.path))


def _model(folder: Path, text: texts.ModelText, train: Callable[[], bytes]) -> DemoModel:
    content = train()
    path = folder / f"{text.name}.onnx"
    path.write_bytes(content)
    return DemoModel(
        name=text.name,
        title=text.title,
        description=text.description,
        path=path,
        digest=hashlib.sha256(content).hexdigest(),
        family=text.family,
        version=text.version,
        owner=text.owner,
        intended_use=text.intended_use,
        out_of_scope=text.out_of_scope,
        risk_tier=text.risk_tier,
        trained_on=text.trained_on,
        evaluated_on=text.evaluated_on,
        monitored_on=text.monitored_on,
        threshold=THRESHOLD if text.family == "simulated-credit" else None,
    )
