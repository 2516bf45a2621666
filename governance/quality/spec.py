"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from governance.method_spec import MethodSpec
from governance.quality.audit_report import AuditReport, BenchmarkShare
from governance.quality.expectations import Expectations
from governance.quality.report import QualityReport


@dataclass(frozen=True, slots=True)
class QualityParameters:
    """What is expected of the table."""

    expectations: Expectations | None = None
    """None: proposed from the reference when there is one, otherwise the general ones for any table."""


@dataclass(frozen=True, slots=True)
class AuditParameters:
    """What the table is compared with."""

    benchmark: tuple[BenchmarkShare, ...] = ()
    """Shares of groups in the population that the table should represent; () when none is stated."""
    intersections: int = 2
    """How many attributes are combined at most."""
    min_rows: int = 30
    """A group with fewer rows is not judged."""
    proxy_limit: float = 0.1
    """Adjusted mutual information from which a column counts as a proxy."""


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="quality.checks",
        version=1,
        title="Data quality",
        question="Can these data be relied on: what is missing, doubled, impossible, leaked or out of order?",
        run="governance.quality.checks:run",
        parameters=QualityParameters,
        result=QualityReport,
    ),
    MethodSpec(
        id="data.audit",
        version=1,
        title="Who is in the data",
        question="Which groups are represented, labelled and recorded differently, and which columns give a group away?",
        run="governance.quality.audit:run",
        parameters=AuditParameters,
        result=AuditReport,
        needs=("sensitive",),
    ),
)
