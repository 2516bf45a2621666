"""What a quality check is. Names, questions, proposals, the editor, the screen, text and JSON are derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.quality.column_summary import ColumnSummary
    from governance.quality.expectation import Expectation
    from governance.quality.report import Check
    from governance.quality.sample import Sample
    from governance.quality.summary import Plan, TableSummary
    from governance.subject import Schema


def asked(_: Schema) -> str:
    """Return that a check which nobody stated is no gap: it is asked of every table, or it makes no sense without being stated."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCheck:
    """One check; exactly one of `of_column`, `of_table` and `of_sample` says how an expectation is held against a table."""

    id: str
    """Its name in documents and contracts, never changed."""
    label: str
    """What a screen calls it."""
    question: str
    """The question that it answers, in plain words."""
    field_name: str = ""
    """What the field calls it, "" where that is the plain name."""
    source: str = ""
    """Where its definition comes from, "" for plain counting."""
    of_column: Callable[[Expectation, ColumnSummary], Check] | None = None
    """From the counts of one column with at least one row."""
    of_table: Callable[[Expectation, TableSummary, Plan], Check] | None = None
    """From the counts of the whole table."""
    of_sample: Callable[[Expectation, Sample], tuple[Check, ...]] | None = None
    """From every k-th row."""
    whole: bool = False
    """Whether it is about the whole table and names no column."""
    shared: bool = False
    """Whether it tolerates a share of the rows."""
    written: bool = False
    """Whether it needs a text beside the column: a kind, a condition, a moment."""
    suits: tuple[str, ...] = ()
    """Kinds of columns of which it is asked without anybody stating it."""
    default_limits: Mapping[str, float] | None = None
    """Field of the expectation -> limit with which it is asked of every table as a whole; None for not asked."""
    of_identifier: bool = field(default=False)
    """Whether what is asked of every table is about its identifier, and not asked without one."""
    unstated: Callable[[Schema], str] = asked
    """Why a table cannot be judged by it when nobody stated an expectation; "" for no gap."""
