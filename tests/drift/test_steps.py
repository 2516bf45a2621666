"""The steps of a comparison: each has its own chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from governance.data.in_memory import InMemory
from governance.drift.compare import columns
from governance.drift.results.report import DriftReport
from governance.drift.spec import DriftParameters
from governance.evidence.evidence import silent
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="yes", score="score", sensitive=("g",))


def window(seed: int, shift: float) -> InMemory:
    rng = np.random.default_rng(seed)
    score = rng.random(400)
    return InMemory(
        pd.DataFrame({
            "x": rng.normal(shift, 1, 400).round(1), "g": rng.choice(["a", "b"], 400), "score": score,
            "y": np.where(rng.random(400) < score, "yes", "no"),
        }), ROLES,
    )  # fmt: skip


def report(subject: Subject, parameters: DriftParameters) -> DriftReport:
    found = columns(subject, parameters, rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, DriftReport)
    return found


def test_a_step_that_is_left_out_changes_no_number_of_the_others() -> None:
    subject = Subject(window(2, 0.3), reference=window(1, 0.0))
    whole = report(subject, DriftParameters())
    without = report(subject, replace(DriftParameters(), multivariate=False))
    assert whole.multivariate != without.multivariate
    assert (whole.columns, whole.within, whole.performance) == (without.columns, without.within, without.performance)


def test_a_sensitive_column_more_changes_nothing_outside_the_groups() -> None:
    first, second = window(1, 0.0), window(2, 0.3)
    plain = replace(ROLES, sensitive=())
    bare = Subject(InMemory(second.frame(), plain), reference=InMemory(first.frame(), plain))
    whole, without = report(Subject(second, reference=first), DriftParameters()), report(bare, DriftParameters())
    assert whole.within
    assert not without.within
    assert (whole.columns, whole.multivariate) == (without.columns, without.multivariate)
