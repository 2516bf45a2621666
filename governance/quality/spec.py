"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.evidence import MethodSpec
from governance.quality.audit_report import AuditReport, BenchmarkShare
from governance.quality.expectation import Expectations
from governance.quality.report import Check, QualityReport


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


@dataclass(frozen=True, slots=True)
class ContractParameters:
    """What is expected, as a person wrote it."""

    expectations: Expectations = field(default_factory=Expectations)
    """None in it: those that the data suggest."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of what is expected of data of one kind."""

    expectations: Expectations
    proposed: bool
    """Whether the data suggested them and no person has looked at them."""
    failed: tuple[Check, ...]
    """What the data that they are written for fail themselves."""
    not_run: tuple[Check, ...]
    passed: int


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="quality.checks",
        version=4,
        title="Data quality",
        question="Can these data be relied on: what is missing, doubled, impossible, leaked or out of order?",
        run="governance.quality.checks:run",
        parameters=QualityParameters,
        result=QualityReport,
        page="quality",
        lead="governance.quality.words:lead",
        lines="governance.quality.words:lines",
        optional=("reference",),
    ),
    MethodSpec(
        id="quality.expectations",
        version=3,
        title="Data contract",
        question="What is expected of data of this kind, and do the data that it was written for keep it themselves?",
        run="governance.quality.contract:run",
        parameters=ContractParameters,
        result=Contract,
        page="quality",
        optional=("reference",),
    ),
    MethodSpec(
        id="data.audit",
        version=5,
        title="Who is in the data",
        question="Which groups are represented, labelled and recorded differently, and which columns give a group away?",
        run="governance.quality.audit.audit:run",
        parameters=AuditParameters,
        result=AuditReport,
        page="quality",
        lead="governance.quality.words:audit_lead",
        needs=("sensitive",),
    ),
)
