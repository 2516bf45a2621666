"""What the subject of an entry's statement is: the artefacts that in-toto tools compare, derived from the entry alone."""

from __future__ import annotations

from typing import Final, TypeAlias

from governance.review import events
from governance.review.state import BoardState, Entry

Named: TypeAlias = tuple[tuple[str, str], ...]
"""(name, SHA-256) of each artefact; () for an entry about none, whose subject is the ledger."""

WITH_EVIDENCE: Final = (events.EvidenceFrozen, events.VoteCast, events.DecisionRecorded)
"""Entries of a case that are about its frozen evidence too."""


def subjects(after: BoardState, entry: Entry) -> Named:
    """Return the artefacts of an entry, in order.

    Args:
        after: the state with the entry applied.
        entry: the entry.
    """
    body = entry.body
    if isinstance(body, events.ModelRegistered):
        return (("model", body.digest),)
    if isinstance(body, events.DatasetRegistered):
        return (("data", body.digest),)
    if isinstance(body, events.EvidenceRecorded):
        return ((body.method, body.digest),)
    if isinstance(body, events.MonitoringAlert):
        return (("model", body.model),)
    return () if entry.case is None else _of_case(after, entry)


def _of_case(after: BoardState, entry: Entry) -> Named:
    case = after.case(entry.case)
    shown = case.frozen.evidence if case.frozen and isinstance(entry.body, WITH_EVIDENCE) else ()
    models = tuple(("model", digest) for digest in case.body.models)
    return models + tuple((item.method, item.digest) for item in shown)
