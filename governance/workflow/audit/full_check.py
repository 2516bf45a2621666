"""`countersign ledger check`: everything that an auditor's verifier recomputes, and what only the service has, its own tables.

1. the lines are those of a checkpoint signed now, and continue those that were kept                   (storage/ledger/verify.py)
2. every field, place, signature and rule of the board, texts and evidence, by the auditors' verifier    (governance/dossier/verify.py)
3. evidence and policies that entries name and that are not here, or not as they were stored
4. the tables that follow from the lines, held against those computed anew
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from governance.dossier import write_folder
from governance.dossier.verify import verify
from governance.evidence import CountersignError
from governance.workflow.audit import export
from storage import Workspace, contents, open_engine, reading, rebuild, writing
from storage.ledger import verify_checkpoints

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class FullCheck:
    """What was found; the first fault ends the search."""

    valid: bool
    entries: int
    """Lines that were looked at."""
    checkpointed: int
    """Lines that a signed checkpoint covers."""
    first_bad: int | None = None
    """Index of the first entry that does not hold, None when none, or no single one, is at fault."""
    problem: str | None = None
    """What is wrong, in words; None when nothing is."""


def check(workspace: Workspace, older: Sequence[bytes] = ()) -> FullCheck:
    """Return whether the record holds in every respect that can be recomputed here.

    Args:
        workspace: where.
        older: checkpoints that were kept from earlier.
    """
    try:
        note, keys = workspace.checkpoint().note, workspace.checkpoint_keys()
        found = verify_checkpoints(workspace.read().lines(), keys, note, older)
        problem, first_bad = found.problem, found.first_bad
        if problem is None:
            problem, first_bad = _by_verifier(workspace)
        if problem is None:
            problem = _edited_tables(workspace)
    except CountersignError as error:
        return FullCheck(valid=False, entries=workspace.read().head().size, checkpointed=0, problem=str(error))
    return FullCheck(problem is None, found.entries, found.checkpointed, first_bad, problem)


def _by_verifier(workspace: Workspace) -> tuple[str | None, int | None]:
    """Return what the auditors' verifier says against a whole export without copies, and at which entry."""
    made = export.pack(workspace, copied=False)
    with tempfile.TemporaryDirectory(prefix="check-", dir=workspace.scratch()) as folder:
        place, trust = Path(folder) / "export", Path(folder) / "trust.json"
        write_folder(made.files, place)
        trust.write_bytes(export.trust(workspace))
        answer = verify(place, trust, [])
    if not answer["valid"]:
        where = "" if answer["first_bad"] is None else f"Entry {answer['first_bad']}: "
        return f"{where}{answer['reason']}.", answer["first_bad"]
    if made.damage:
        return made.damage, None
    if made.missing:
        named = ", ".join(digest[:16] for digest in made.missing[:3])
        more = f" and {len(made.missing) - 3} more" if len(made.missing) > 3 else ""
        return f"{len(made.missing)} files that entries name are not here, or are not as stored: {named}{more}.", None
    return None, None


@contextmanager
def _to_try(workspace: Workspace) -> Iterator[Engine]:
    """Give an engine in which the tables can be made again and rolled back: a copy where the workspace is read-only."""
    if not workspace.read_only:
        yield workspace.engine
        return
    with tempfile.TemporaryDirectory(prefix="check-", dir=workspace.scratch()) as folder:
        place = Path(folder) / "copy.sqlite"
        with reading(workspace.engine) as connection, closing(sqlite3.connect(place)) as target:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(target)
        engine = open_engine(place)
        try:
            yield engine
        finally:
            engine.dispose()


def _edited_tables(workspace: Workspace) -> str | None:
    """Return which tables are not those that follow from the lines; nothing is changed."""
    with _to_try(workspace) as engine, writing(engine) as connection:
        before = contents(connection)
        rebuild(connection)
        after = contents(connection)
        connection.rollback()
    wrong = [name for name, rows in before.items() if rows != after[name]]
    if not wrong:
        return None
    return f"The tables {', '.join(wrong)} are not those that follow from the lines. Run: countersign ledger rebuild."
