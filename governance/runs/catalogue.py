"""The read-only catalogue of every method."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from governance.data import METHODS as DATA
from governance.drift import METHODS as DRIFT
from governance.evidence import CountersignError, Evidence, MethodSpec, NotAssessed, ReportLine, unknown_choice
from governance.explain import METHODS as EXPLAIN
from governance.fairness import METHODS as FAIRNESS
from governance.models import METHODS as MODELS
from governance.performance import METHODS as PERFORMANCE
from governance.quality import METHODS as QUALITY
from governance.serving import METHODS as SERVING
from governance.stress import METHODS as STRESS

CATALOGUE: tuple[MethodSpec, ...] = (
    *MODELS,
    *DATA,
    *QUALITY,
    *PERFORMANCE,
    *EXPLAIN,
    *FAIRNESS,
    *DRIFT,
    *STRESS,
    *SERVING,
)


def method(name: str) -> MethodSpec:
    """Return the method called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    for spec in CATALOGUE:
        if spec.id == name:
            return spec
    raise unknown_choice("method", name, tuple(spec.id for spec in CATALOGUE))


def known(name: str) -> MethodSpec | None:
    """Return the method called `name`, or None: stored evidence may come from a method that is no more."""
    return next((spec for spec in CATALOGUE if spec.id == name), None)


def title_of(name: str) -> str:
    """Return what a person calls a method; one that this version does not know keeps its id."""
    found = known(name)
    return name if found is None else found.title


def said(evidence: Evidence) -> tuple[str, tuple[ReportLine, ...]]:
    """Return a result in a sentence and as lines of a report, both as far as its method can say it; nothing of another version's.

    Texts that come from files are in it as they are.
    """
    spec = known(evidence.key.method)
    try:
        found = evidence.read(spec.result) if spec else None
    except CountersignError:
        found = None  # its fields are those of another version
    if spec is None or found is None or isinstance(found, NotAssessed):
        return "", ()
    return (
        _named(spec.lead)(found, str) if spec.lead else "",
        tuple(_named(spec.lines)(found)) if spec.lines else (),
    )


def _named(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
