"""The data contract of a registered table: versions of its expectations, each a piece of evidence with its ledger entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from governance.evidence import Evidence, NotAssessed, RefusedInputError, encode
from governance.quality import Check, Contract, Expectation, Expectations, QualityReport
from governance.runs import Task
from governance.workflow.assess import Recorded, assess
from governance.workflow.workspace import Acting, Choice, require_act, state, subjects
from storage import Run, Workspace

if TYPE_CHECKING:
    from governance.quality import Row

METHOD: Final = "quality.expectations"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a contract."""

    index: int
    """Its place in the ledger."""
    time: str
    actor: str
    """Who put it to use: a member id, or "service" for a guest."""
    digest: str
    """Of the evidence."""
    contract: Contract

    @property
    def number(self) -> int:
        """The version that the expectations carry, from 1."""
        return self.contract.expectations.version


def versions(workspace: Workspace, data: str) -> tuple[Version, ...]:
    """Return the versions that people put to use for a registered table, the oldest first; mere proposals are left out."""
    found = []
    for item in workspace.read().all_evidence(method=METHOD):
        if item.data != (data,) or item.outcome != "assessed":
            continue
        contract = Evidence.from_bytes(workspace.blobs.read(item.digest)).read(Contract)
        if not isinstance(contract, NotAssessed) and not contract.proposed:
            found.append(Version(item.index, item.time, item.actor, item.digest, contract))
    return tuple(found)


def in_force(workspace: Workspace, data: str) -> Version | None:
    """Return the latest version for a registered table, None when nobody has put one to use."""
    return next(iter(reversed(versions(workspace, data))), None)


def edited(
    workspace: Workspace, data: str, rows: Sequence[Row], before: Sequence[Expectation]
) -> tuple[Expectation, ...]:
    """Return the expectations of an edited table, checked against the columns of the registered data.

    Raises:
        RefusedInputError: a row means nothing.
    """
    from pyarrow import parquet

    from governance.quality import from_rows

    columns = tuple(parquet.read_schema(workspace.blobs.path_of(data)).names)
    return from_rows(rows, before, columns)


def task(workspace: Workspace, data: str, expectations: Sequence[Expectation], name: str) -> Task:
    """Return the run that puts expectations to use as the next version of a table's contract.

    Raises:
        RefusedInputError: they are those in force already, nothing is expected, or the table is not registered.
    """
    latest = in_force(workspace, data)
    if not expectations:
        raise RefusedInputError("Nothing is expected.", "Keep at least one expectation.")
    if latest is not None and latest.contract.expectations.expectations == tuple(expectations):
        raise RefusedInputError(f"Nothing differs from version {latest.number}.", "Change a row first.")
    number = latest.number + 1 if latest else 1
    given = Expectations(name.strip()[:100] or "expectations", number, data, tuple(expectations))
    return subjects.task(workspace, METHOD, Choice(data=data), {"expectations": encode(given)})


def put(
    workspace: Workspace, data: str, expectations: Sequence[Expectation], name: str, *, actor: Acting
) -> Recorded | Run:
    """Start the run that records the next version; it is in force once its evidence is in the ledger.

    Raises:
        RefusedInputError: as `task`.
    """
    require_act(state(workspace), actor)
    return assess.request(workspace, task(workspace, data, expectations, name), actor=actor)


def held(workspace: Workspace, data: str, holder: str) -> Task | None:
    """Return the run that holds a table against the contract in force for another, None when there is none."""
    version = in_force(workspace, holder)
    if version is None:
        return None
    asked = {"expectations": encode(version.contract.expectations)}
    return subjects.task(workspace, "quality.checks", Choice(data=data), asked)


def broken(workspace: Workspace, holder: str, found: Recorded) -> tuple[Check, ...]:
    """Return the checks that a table fails and the data of the contract do not fail themselves."""
    version, report = in_force(workspace, holder), found.evidence.read(QualityReport)
    if version is None or isinstance(report, NotAssessed):
        return ()
    own = {(item.check, item.column) for item in version.contract.failed}
    return tuple(item for item in report.checks if item.outcome == "failed" and (item.check, item.column) not in own)
