"""The read-only catalogue of every method."""

from __future__ import annotations

from governance.data.spec import METHODS as DATA
from governance.drift.spec import METHODS as DRIFT
from governance.errors import unknown_choice
from governance.explain.spec import METHODS as EXPLAIN
from governance.fairness.spec import METHODS as FAIRNESS
from governance.method_spec import MethodSpec
from governance.models.spec import METHODS as MODELS
from governance.performance.spec import METHODS as PERFORMANCE
from governance.quality.spec import METHODS as QUALITY
from governance.stress.spec import METHODS as STRESS

CATALOGUE: tuple[MethodSpec, ...] = (*MODELS, *DATA, *QUALITY, *PERFORMANCE, *EXPLAIN, *FAIRNESS, *DRIFT, *STRESS)


def method(name: str) -> MethodSpec:
    """Return the method called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    for spec in CATALOGUE:
        if spec.id == name:
            return spec
    raise unknown_choice("method", name, tuple(spec.id for spec in CATALOGUE))
