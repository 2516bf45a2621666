"""The methods of this room, for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from governance.evidence import MethodSpec
from governance.serving.derive_report import DeriveReport
from governance.serving.latency_report import LatencyReport
from governance.serving.report import AttestReport
from governance.serving.schedule_report import ScheduleReport


def _require(advice: str, *limits: tuple[str, float, float]) -> None:
    """Refuse the first (name, value, most) whose value is not above 0 and below the most."""
    from governance.evidence import RefusedInputError

    for what, value, most in limits:
        if not 0 < value < most:
            raise RefusedInputError(f"The {what} is {value}, expected above 0 and below {most:g}.", advice)


@dataclass(frozen=True, slots=True)
class Attest:
    """How answers are held against the approved model's."""

    tolerance: float | None = None
    """Largest difference of a score that counts as equal; None for the one that is derived from the model."""

    def __post_init__(self) -> None:
        from governance.evidence import RefusedInputError

        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise RefusedInputError(
                f"The tolerance is {self.tolerance}, expected at least 0 and less than 1.", "Leave it out to derive it."
            )


@dataclass(frozen=True, slots=True)
class Latency:
    """What recorded times are held against; another budget needs no other measurement."""

    budget_ms: float = 100.0
    """Milliseconds that a request may take, above 0."""
    share: float = 0.01
    """Share of requests that may take longer, above 0 and below 1."""
    level: float = 0.95
    """Of intervals and bounds."""

    def __post_init__(self) -> None:
        _require(
            "Write for example 100, 0.01 and 0.95.",
            ("budget", self.budget_ms, 1e7),
            ("share", self.share, 1.0),
            ("level", self.level, 1.0),
        )


@dataclass(frozen=True, slots=True)
class Derive:
    """How much a lighter copy may change."""

    limit_labels: float = 0.005
    """Largest share of rows that may be decided otherwise, above 0 and below 1."""
    limit_group: float = 0.01
    """Largest harm to a group: a drop of its accuracy or of its share of favourable decisions; for numbers in their unit. Above 0."""
    level: float = 0.95
    """At which all intervals hold together."""
    min_rows: int = 30
    """Groups with fewer rows are named and not judged; at least 1."""

    def __post_init__(self) -> None:
        _require(
            "Write for example 0.005, 0.01, 0.95 and 30.",
            ("limit of labels", self.limit_labels, 1.0),
            ("limit of a group", self.limit_group, 1e300),
            ("level", self.level, 1.0),
            ("least number of rows", self.min_rows, 1e12),
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a plan is held against."""

    deadline_ms: float | None = None
    """Milliseconds until the last answer; None for a plan without one. Above 0."""

    def __post_init__(self) -> None:
        if self.deadline_ms is not None:
            _require("Write for example 50.", ("deadline in milliseconds", self.deadline_ms, 1e9))


METHODS: tuple[MethodSpec, ...] = (
    MethodSpec(
        id="serving.attest",
        version=1,
        title="Is what is served what was approved?",
        question="Does a server give the answers of the approved model, for every leaf and split of it, and to every request?",
        run="governance.serving.attest:attest",
        parameters=Attest,
        result=AttestReport,
        needs=("model", "challenge", "observation"),
        page="serving",
        lead="governance.serving.words:attest_lead",
        lines="governance.serving.words:attest_lines",
    ),
    MethodSpec(
        id="serving.latency",
        version=1,
        title="How fast does it answer?",
        question="How long does a request take, with what certainty, and does that keep to a budget at the rate that is wanted?",
        run="governance.serving.latency:latency",
        parameters=Latency,
        result=LatencyReport,
        needs=("model", "observation"),
        page="serving",
        lead="governance.serving.words:latency_lead",
        lines="governance.serving.words:latency_lines",
    ),
    MethodSpec(
        id="serving.derive",
        version=1,
        title="What does a lighter copy change?",
        question="Whom does it touch when this copy with lighter weights answers in the place of the model that it was made from?",
        run="governance.serving.derive:derive",
        parameters=Derive,
        result=DeriveReport,
        needs=("model", "predictions", "candidate_predictions"),
        page="serving",
        lead="governance.serving.derive_words:lead",
        lines="governance.serving.derive_words:lines",
    ),
    MethodSpec(
        id="serving.schedule",
        version=1,
        title="Several models on one device",
        question="In which order and on how many threads do several models answer soonest, and which of them decides how long all take?",
        run="governance.serving.schedule:schedule",
        parameters=Schedule,
        result=ScheduleReport,
        needs=("observation",),
        page="serving",
        lead="governance.serving.schedule_words:lead",
        lines="governance.serving.schedule_words:lines",
    ),
)
