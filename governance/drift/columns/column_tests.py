"""The list of drift tests: the only place where a test is named."""

from __future__ import annotations

from governance.drift.columns import chi2, infinite, js, kl, ks, missing, new_categories, psi, wasserstein
from governance.drift.columns.column_test import ColumnTest, Facet
from governance.drift.results.report import Kind
from governance.evidence import unknown_choice

COLUMN_TESTS: tuple[ColumnTest, ...] = (
    wasserstein.TEST,
    ks.TEST,
    chi2.TEST,
    psi.TEST,
    kl.TEST,
    js.TEST,
    missing.TEST,
    new_categories.TEST,
    infinite.TEST,
)
"""In the order of screens; the first corrected test of a facet that could be done speaks for it when nothing is beyond chance."""


def names() -> tuple[str, ...]:
    """Return the ids of all tests."""
    return tuple(test.id for test in COLUMN_TESTS)


def known(name: str) -> ColumnTest | None:
    """Return the test called `name`, or None: stored evidence may carry a test that is no more."""
    return next((test for test in COLUMN_TESTS if test.id == name), None)


def named(name: str) -> ColumnTest:
    """Return the test called `name`.

    Raises:
        RefusedInputError: there is none; the message lists the known ones.
    """
    found = known(name)
    if found is None:
        raise unknown_choice("drift test", name, names())
    return found


def for_kind(kind: Kind) -> tuple[ColumnTest, ...]:
    """Return the tests of a kind of column."""
    return tuple(test for test in COLUMN_TESTS if kind in test.kinds)


def corrected(facet: Facet) -> tuple[str, ...]:
    """Return the ids of a facet's tests that carry a p value."""
    return tuple(test.id for test in COLUMN_TESTS if test.facet == facet and test.corrected)


def distances(facet: Facet) -> tuple[str, ...]:
    """Return the ids of a facet's distances that take part in the verdict."""
    return tuple(test.id for test in COLUMN_TESTS if test.facet == facet and not test.corrected and test.decides)
