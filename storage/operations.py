"""What a workspace keeps that is no record: computations under way, and drafts that were not sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, Integer, cast, delete, func, insert, select, update

from storage.engine import reading, writing
from storage.entities import Draft, Run
from storage.errors import RefusedInputError
from storage.tables import BeatRow, DraftRow, RunRow, table_of
from storage.times import rfc3339

RUN, BEAT, DRAFT = table_of(RunRow), table_of(BeatRow), table_of(DraftRow)
UNDER_WAY: Final = ("waiting", "running")
_FORGOTTEN_S: Final = 86_400
ENDED: Final = ("done", "failed", "cancelled", "interrupted")


@dataclass(frozen=True, slots=True)
class Runs:
    """The computations of a workspace."""

    engine: Engine

    def start(
        self, key: str, method: str, owner_token: str, at: datetime, total: int = 0, *, waiting: bool = False
    ) -> str:
        """Note a computation that begins, or waits for its turn; return the id of this attempt."""
        run = secrets.token_hex(8)
        state = "waiting" if waiting else "running"
        row = {"run": run, "key": key, "method": method, "state": state, "total": total}
        blank = {"done": 0, "phase": "", "error": None, "cancel": False, "ended": None}
        with writing(self.engine) as connection:
            connection.execute(insert(RUN), {**row, **blank, "owner_token": owner_token, "started": rfc3339(at)})
            connection.commit()
        return run

    def take(self, run: str, *, besides: Collection[str] = ()) -> bool:
        """Note that a computation which waited has its turn, unless another one for the same key is running.

        Args:
            run: the computation that waited.
            besides: runs that are known to be dead, and stop nobody.
        """
        key = select(RUN.c.key).where(RUN.c.run == run).scalar_subquery()
        same = select(RUN.c.run).where(RUN.c.key == key, RUN.c.state == "running", RUN.c.run != run)
        change = update(RUN).where(RUN.c.run == run, RUN.c.state == "waiting").values(state="running")
        with writing(self.engine) as connection:
            if set(connection.execute(same).scalars()) - set(besides):
                return False
            connection.execute(change)
            connection.commit()
        return True

    def running(self, key: str) -> tuple[Run, ...]:
        """Return the computations for a key that have their turn."""
        query = select(RUN).where(RUN.c.key == key, RUN.c.state == "running")
        with reading(self.engine) as connection:
            return tuple(Run(**row) for row in connection.execute(query).mappings())

    def progress(self, run: str, done: int, total: int, phase: str) -> bool:
        """Note how far a computation is; return whether somebody asked to stop it.

        Each call is a durable write: report a few times a second at most.
        """
        with writing(self.engine) as connection:
            change = update(RUN).where(RUN.c.run == run, RUN.c.state.in_(UNDER_WAY))
            connection.execute(change.values(done=done, total=total, phase=phase))
            asked = connection.execute(select(RUN.c.cancel).where(RUN.c.run == run)).scalar()
            connection.commit()
        return bool(asked)

    def ask_to_stop(self, run: str) -> None:
        """Ask a computation to stop at its next report."""
        with writing(self.engine) as connection:
            connection.execute(update(RUN).where(RUN.c.run == run, RUN.c.state.in_(UNDER_WAY)).values(cancel=True))
            connection.commit()

    def asked_to_stop(self, run: str) -> bool:
        """Say whether somebody asked to stop it."""
        with reading(self.engine) as connection:
            return bool(connection.execute(select(RUN.c.cancel).where(RUN.c.run == run)).scalar())

    def finish(self, run: str, state: str, at: datetime, error: str | None = None) -> None:
        """Note how a computation ended; a computation ends once.

        Raises:
            RefusedInputError: the state is not one of done, failed, cancelled, interrupted.
        """
        with writing(self.engine) as connection:
            finish(connection, run, state, at, error=error)
            connection.commit()

    def mark_interrupted(self, alive: Callable[[str], bool], at: datetime) -> int:
        """Mark runs whose process is gone; return how many. `alive` judges an owner token."""
        gone = [item for item in self.all(UNDER_WAY) if not alive(item.owner_token)]
        for item in gone:
            self.finish(item.run, "interrupted", at, "The process that computed this ended before it was done.")
        return len(gone)

    def get(self, run: str) -> Run | None:
        """Return an attempt by its id."""
        with reading(self.engine) as connection:
            row = connection.execute(select(RUN).where(RUN.c.run == run)).mappings().first()
        return None if row is None else Run(**row)

    def latest(self, key: str) -> Run | None:
        """Return the latest attempt for a key, or None."""
        query = select(RUN).where(RUN.c.key == key).order_by(RUN.c.started.desc(), RUN.c.state.desc()).limit(1)
        with reading(self.engine) as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Run(**row)

    def all(self, states: Sequence[str] = (), limit: int | None = None) -> tuple[Run, ...]:
        """Return computations, the newest first; of some states when named, and so many at most."""
        query = select(RUN).order_by(RUN.c.started.desc(), RUN.c.run).limit(limit)
        if states:
            query = query.where(RUN.c.state.in_(list(states)))
        with reading(self.engine) as connection:
            return tuple(Run(**row) for row in connection.execute(query).mappings())


def finish(connection: Connection, run: str, state: str, at: datetime, *, error: str | None = None) -> None:
    """Note how a computation ended, in a transaction of the caller.

    Raises:
        RefusedInputError: the state is not one of done, failed, cancelled, interrupted.
    """
    if state not in ENDED:
        raise RefusedInputError(f"No state {state!r} at the end of a run.", f"Known: {', '.join(ENDED)}.")
    change = update(RUN).where(RUN.c.run == run, RUN.c.state.in_(UNDER_WAY))
    connection.execute(change.values(state=state, error=error, ended=rfc3339(at)))


@dataclass(frozen=True, slots=True)
class Beats:
    """Signs of life of the processes that share a database, by the database's own clock."""

    engine: Engine

    @property
    def shared(self) -> bool:
        """Whether processes of other machines can be at work on this database: it is on a server."""
        return self.engine.dialect.name == "postgresql"

    def beat(self, token: str) -> None:
        """Note that a process is there; forget those that were not for a day."""
        with writing(self.engine) as connection:
            connection.execute(delete(BEAT).where(BEAT.c.token == token))
            connection.execute(delete(BEAT).where(BEAT.c.seen < self._now() - _FORGOTTEN_S))
            connection.execute(insert(BEAT).values(token=token, seen=self._now()))
            connection.commit()

    def age(self, token: str) -> int | None:
        """Return the seconds since a process was last there, None for one that never was."""
        query = select(self._now() - BEAT.c.seen).where(BEAT.c.token == token)
        with reading(self.engine) as connection:
            found = connection.execute(query).scalar()
        return None if found is None else int(found)

    def _now(self) -> ColumnElement[int]:
        now = func.extract("epoch", func.clock_timestamp()) if self.shared else func.strftime("%s", "now")
        return cast(now, Integer)


@dataclass(frozen=True, slots=True)
class Drafts:
    """What members have written and not yet sent, so that a reload loses nothing."""

    engine: Engine

    def save(self, member: str, case: str, kind: str, content: str, at: datetime) -> None:
        """Keep a draft, in place of an earlier one of the same member, case and kind."""
        with writing(self.engine) as connection:
            connection.execute(delete(DRAFT).where(*_this(member, case, kind)))
            row = {"member": member, "case_id": case, "kind": kind, "content": content, "saved": rfc3339(at)}
            connection.execute(insert(DRAFT), row)
            connection.commit()

    def get(self, member: str, case: str, kind: str) -> Draft | None:
        """Return a draft, or None."""
        with reading(self.engine) as connection:
            row = connection.execute(select(DRAFT).where(*_this(member, case, kind))).first()
        return None if row is None else Draft(row.member, row.case_id, row.kind, row.content, row.saved)

    def discard(self, member: str, case: str, kind: str) -> None:
        """Forget a draft."""
        with writing(self.engine) as connection:
            connection.execute(delete(DRAFT).where(*_this(member, case, kind)))
            connection.commit()


def _this(member: str, case: str, kind: str) -> tuple[ColumnElement[bool], ...]:
    return (DRAFT.c.member == member, DRAFT.c.case_id == case, DRAFT.c.kind == kind)
