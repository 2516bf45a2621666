"""What a function of the door gives back: a report with the evidence that it stands on, readable in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from governance.evidence import Evidence, JsonValue, NotAssessed, Rows
from governance.notebook import markup
from governance.notebook.frames import frame_of
from governance.runs import method

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

R = TypeVar("R")
SHOWN: Final = 30
"""Rows of a table that a notebook shows; `to_frame` gives all."""


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """A report, or the reason why there is none, with its evidence."""

    evidence: Evidence
    """What was computed from what: method and version, digests of the inputs, parameters, seed, environment."""
    kind: type[R]
    """The type of the report."""
    notes: tuple[str, ...] = ()
    """What was understood of the arguments and could have been meant otherwise."""
    arrays: Mapping[str, pa.Table] = field(default_factory=dict, repr=False)
    """Big tables beside the report, such as the attributions of every row."""

    @property
    def report(self) -> R | NotAssessed:
        """The report with all its fields, or a `NotAssessed` that says why there is none."""
        return self.evidence.read(self.kind)

    @property
    def rows(self) -> Rows:
        """The account of rows: used, total, and dropped with the reason."""
        return self.evidence.rows

    @property
    def assessed(self) -> bool:
        """Whether there is a report; False means that the question could not be answered, never that all is well."""
        return self.evidence.assessed

    def to_frame(self) -> pd.DataFrame:
        """Return the report as a table; when nothing was assessed, one row with `outcome` and `reason`."""
        return frame_of(self.report)

    def save(self, path: str | Path) -> Path:
        """Write the evidence as the canonical JSON that `countersign gate` reads, and return where."""
        target = Path(path)
        target.write_bytes(self.evidence.to_bytes())
        return target

    def __str__(self) -> str:
        return "\n".join((self._title(), *self._sentences()))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the question, the account of rows, the table; all text is escaped."""
        report = self.report
        spec = method(self.evidence.key.method)
        parts = [markup.heading(self._title(), spec.question), *map(markup.paragraph, self._sentences())]
        if isinstance(report, NotAssessed):
            return markup.block(parts)
        frame = self.to_frame()
        parts.append(markup.table(frame.head(SHOWN)))
        if len(frame) > SHOWN:
            parts.append(markup.paragraph(f"{len(frame) - SHOWN:,} more rows: result.to_frame()"))
        return markup.block(parts)

    def _title(self) -> str:
        return method(self.evidence.key.method).title

    def _sentences(self) -> tuple[str, ...]:
        report = self.report
        said = (f"Not assessed: {report.reason}",) if isinstance(report, NotAssessed) else _lead(report)
        return (*said, account(self.rows), *self.notes, f"Evidence {self.evidence.digest[:16]}")


def account(rows: Rows) -> str:
    """Return which rows were used, in one sentence."""
    gone = "; ".join(f"{item.rows:,} dropped: {item.reason}" for item in rows.dropped)
    return f"{rows.used:,} of {rows.total:,} rows used" + (f"; {gone}" if gone else "")


def _lead(report: object) -> tuple[str, ...]:
    """Return what a report says about itself before any table."""
    action = getattr(report, "action", None)
    first = (f"{action.recommendation}: {action.reason}",) if action is not None else ()
    return (*first, *getattr(report, "notices", ()))


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier says about an export."""

    valid: bool
    """Whether every check held; False when a single one did not, or nothing could be read."""
    answer: JsonValue
    """The verifier's whole answer, as `countersign verify --json` prints it."""

    def __bool__(self) -> bool:
        return self.valid

    def __str__(self) -> str:
        from governance.dossier import words

        return words(self.answer)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What the verifier did not look at."""
        return tuple(self.answer["not_checked"])

    def to_frame(self) -> pd.DataFrame:
        """Return the cases of the export with their states; empty when the export is not valid."""
        import pandas as pd

        cases: dict[str, Any] = self.answer["cases"] if self.valid else {}
        return pd.DataFrame(list(cases.items()), columns=["case", "status"])

    def _repr_html_(self) -> str:
        """Return the verifier's words; all text is escaped."""
        return markup.block([markup.lines(str(self))])
