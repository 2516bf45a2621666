"""One trial: a learner with settings and one lever of fairness that asks nobody who they are, trained, and read at every threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import unknown_choice
from governance.fairness.search.certify import Comparison, strains
from governance.fairness.search.report import LEARNERS, Learner

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
CUTS: Final = 80
"""Thresholds that are read off a trial's scores, at equal shares of people selected."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a trial trains."""

    learner: Learner
    settings: Mapping[str, float]
    lever: float


def plan(rng: np.random.Generator, learners: Sequence[Learner], number: int) -> Plan:
    """Return the plan of a trial; the first of each learner has no lever, so that the price of the norms can be told."""
    learner = learners[number % len(learners)]
    lever = 0.0 if number < len(learners) else float(np.round(10 ** rng.uniform(-1.3, 0.6), 4))
    if learner == "logistic":
        return Plan(learner, {"C": float(np.round(10 ** rng.uniform(-2, 2), 4))}, lever)
    if learner == "tree":
        depth, leaf = int(rng.integers(3, 10)), int(rng.integers(20, 200))
        return Plan(learner, {"max_depth": depth, "min_samples_leaf": leaf}, lever)
    if learner == "boosted":
        rate, leaves = float(np.round(10 ** rng.uniform(-1.5, -0.5), 4)), int(rng.integers(7, 32))
        return Plan(learner, {"learning_rate": rate, "max_leaf_nodes": leaves}, lever)
    raise unknown_choice("learner", learner, tuple(LEARNERS))


def _learner(plan: Plan, seed: int) -> Any:
    settings = {
        name: int(value) if float(value).is_integer() and name != "C" else value
        for name, value in plan.settings.items()
    }
    if plan.learner == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=1000, **settings)
    if plan.learner == "tree":
        from sklearn.tree import DecisionTreeClassifier

        return DecisionTreeClassifier(random_state=seed, **settings)
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=80, early_stopping=False, random_state=seed, **settings)


def weights(label: NDArray[np.int64], pulls: Sequence[Comparison], lever: float) -> tuple[NDArray[np.int64], Floats]:
    """Return labels and weights that pull the rates of groups together: cost-sensitive learning as in fairlearn's reductions.

    A row costs 2 y - 1, plus the lever times what its group's rate lacks beside the other's, divided by the group's share of the rows
    (Agarwal et al., ICML 2018, with multipliers of our own); the sign is the label, the size the weight.
    """
    cost = (2 * label - 1).astype(np.float64)
    for item in pulls:
        gap = label[item.first].mean() - label[item.second].mean()
        if item.norm.metric != "demographic_parity":
            gap = 0.5 * np.sign(
                gap
            )  # rates given the label are not known before training: the base rates say which way they lean
        for own, side in ((item.first, -gap), (item.second, gap)):
            cost[own] += lever * side / max(float(own.mean()), 1e-9)
    size = np.abs(cost)
    return (cost > 0).astype(np.int64), np.maximum(size / size.mean(), 1e-6)


def train(features: pd.DataFrame, label: NDArray[np.int64], weight: Floats, plan: Plan, *, seed: int) -> Any:
    """Return the fitted pipeline of preparation and learner; one thread a trial."""
    from sklearn.pipeline import Pipeline

    from governance.fairness.features import preparation

    fitted = Pipeline([("prepare", preparation(features)), ("learner", _learner(plan, seed))])
    if len(np.unique(label)) < 2:
        raise ValueError("the lever leaves one label only")
    return fitted.fit(features, label, learner__sample_weight=weight)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A trial's scores read at many thresholds."""

    cuts: Floats
    accuracy: Floats
    strain: Floats


def curve(score: Floats, label: NDArray[np.int64], found: Sequence[Comparison]) -> Curve:
    """Return accuracy and strain at each cut; a cut lies between two scores, so that rounding turns nobody's decision."""
    values = np.unique(score)
    between = (values[1:] + values[:-1]) / 2 if len(values) > 1 else values
    cuts = (
        between if len(between) <= CUTS else np.unique(between[np.linspace(0, len(between) - 1, CUTS).astype(np.intp)])
    )
    shares = np.quantile(score, np.linspace(0.01, 0.99, CUTS))
    near = np.unique(between[np.clip(np.searchsorted(between, shares), 0, len(between) - 1)])
    cuts = np.unique(np.concatenate([cuts, near]))
    chosen = score[None, :] >= cuts[:, None]
    return Curve(cuts, (chosen == (label > 0)[None, :]).mean(axis=1), strains(found, chosen))
