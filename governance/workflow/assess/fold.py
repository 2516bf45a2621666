"""The audit of norms as evidence: folded from stored tallies and norms, so that replay computes it again without a row."""

from __future__ import annotations

from typing import Final

from governance.evidence import Evidence, Kept, NotAssessed, Rows, RunKey, decode, encode, environment, parse
from governance.fairness import NormSet, NormsParameters, Window, WindowTally, audit, norms as room, window
from storage import Workspace

METHOD: Final = "fairness.norms"
TALLY: Final = "fairness.tally"
_windows: Kept[Window] = Kept("tallied windows", 600)


def read_norms(workspace: Workspace, digest: str) -> NormSet:
    """Return stored norms.

    Raises:
        CountersignError: they are not there, or are none.
    """
    return room.norm.from_json(parse(workspace.blobs.read(digest)))


def tallied(workspace: Workspace, digest: str) -> Window:
    """Return a window by the digest of the evidence of its tally; a warm process keeps it.

    Raises:
        CountersignError: there is no such evidence.
    """

    def made() -> Window:
        found = Evidence.from_bytes(workspace.blobs.read(digest))
        tally = found.read(WindowTally)
        data = next(item.digest for item in found.key.inputs if item.role == "data")
        return window(data, None, tally.reason) if isinstance(tally, NotAssessed) else window(data, tally)

    return _windows.get(digest, made)


def folded(workspace: Workspace, key: RunKey) -> Evidence:
    """Return the audit that a key asks for.

    Raises:
        CountersignError: the norms or a tally that it names are not there.
    """
    asked = decode(NormsParameters, key.parameters)
    counted = [tallied(workspace, digest) for digest in asked.tallies]
    counted += [window(item.data, None, item.reason) for item in asked.uncounted]
    report = audit(counted, read_norms(workspace, asked.norms))
    rows = sum(item.rows for item in report.windows)
    return Evidence(key=key, rows=Rows(rows, rows), environment=environment(), result=encode(report))
