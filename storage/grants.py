"""Rights of the service's role on PostgreSQL: it adds lines and checkpoints and can take none away."""

from __future__ import annotations

import re
from typing import Final

from sqlmodel import SQLModel

from storage.errors import RefusedInputError
from storage.tables import (
    PROJECTIONS,
    AidRow,
    BeatRow,
    CheckpointRow,
    DraftRow,
    Entry,
    MigrationRow,
    RunRow,
    TextRow,
    table_of,
)

_FREE: Final[tuple[type[SQLModel], ...]] = (*PROJECTIONS, RunRow, BeatRow, DraftRow, AidRow)


def grants(role: str) -> tuple[str, ...]:
    """Return the statements that the owner of the tables runs for the role under which the service connects.

    Lines can be read and added. A checkpoint's note can gain cosignatures and a time stamp. A text can be erased.
    Projections, runs, beats, drafts and aids of analysis are the service's own. The role owns nothing, so it cannot drop the triggers
    either.

    Raises:
        RefusedInputError: the role's name is not of a-z, 0-9 and underscore.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise RefusedInputError(f"{role!r} is not a name of a role.", "Use a-z, 0-9 and underscore.")
    free = ", ".join(table_of(kind).name for kind in _FREE)
    return (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT ON {table_of(Entry).name} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE (note, tsr) ON {table_of(CheckpointRow).name} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE (salt, content) ON {table_of(TextRow).name} TO {role}",
        f"GRANT SELECT ON {table_of(MigrationRow).name} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {free} TO {role}",
    )
