"""One line of what a result says, for reports and model cards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One finding with its value."""

    what: str
    """What was measured: a plain word with the field's word beside it."""
    about: str
    """The column, group or rows that it is about; it comes from a file."""
    value: str
    bounds: str
    """Interval, or what the value is held against; "none" for neither."""
    judgement: str
    """The verdict in the words of its room, "" for none."""
