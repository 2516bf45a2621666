"""Aids that members keep: named cohorts, the words of a data set, reminders. Who kept them and when stands beside; no record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, insert, select

from storage.engine import reading, writing
from storage.entities import Aid
from storage.errors import RefusedInputError
from storage.tables import AidRow, table_of
from storage.times import rfc3339

AID = table_of(AidRow)


@dataclass(frozen=True, slots=True)
class Aids:
    """The aids of a workspace, by kind, data set and name."""

    engine: Engine

    def keep(self, aid: Aid, at: datetime, *, replace: bool = False) -> None:
        """Keep an aid under its name; `saved` is the time given here.

        Raises:
            RefusedInputError: the name is taken and `replace` does not say to take its place.
        """
        row = {"kind": aid.kind, "data": aid.data, "name": aid.name, "content": aid.content, "actor": aid.actor}
        with writing(self.engine) as connection:
            if replace:
                connection.execute(delete(AID).where(*_this(aid.kind, aid.data, aid.name)))
            elif connection.execute(select(AID.c.name).where(*_this(aid.kind, aid.data, aid.name))).first():
                raise RefusedInputError(f"The name {aid.name!r} is taken.", "Choose another, or delete that one first.")
            connection.execute(insert(AID), {**row, "saved": rfc3339(at)})
            connection.commit()

    def rename(self, kind: str, data: str, names: tuple[str, str]) -> None:
        """Give an aid another name: (old, new); who kept it and when stay.

        Raises:
            RefusedInputError: there is none of the old name, or the new one is taken.
        """
        old, new = names
        with writing(self.engine) as connection:
            taken = set(connection.execute(select(AID.c.name).where(AID.c.kind == kind, AID.c.data == data)).scalars())
            if old not in taken or (new in taken and new != old):
                what = f"There is no {kind} {old!r}." if old not in taken else f"The name {new!r} is taken."
                raise RefusedInputError(what, "Look at the list: somebody may have changed it meanwhile.")
            connection.execute(AID.update().where(*_this(kind, data, old)).values(name=new))
            connection.commit()

    def discard(self, kind: str, data: str, name: str) -> None:
        """Forget an aid; nothing happens where there is none."""
        with writing(self.engine) as connection:
            connection.execute(delete(AID).where(*_this(kind, data, name)))
            connection.commit()

    def rewrite(self, kind: str, data: str, name: str, *, content: str) -> None:
        """Put other content into an aid that is there; who kept it and when stay."""
        with writing(self.engine) as connection:
            connection.execute(AID.update().where(*_this(kind, data, name)).values(content=content))
            connection.commit()

    def all(self, kind: str, data: str) -> tuple[Aid, ...]:
        """Return the aids of one kind for one data set, by name."""
        query = select(AID).where(AID.c.kind == kind, AID.c.data == data).order_by(AID.c.name)
        with reading(self.engine) as connection:
            return tuple(Aid(**row) for row in connection.execute(query).mappings())


def _this(kind: str, data: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return (AID.c.kind == kind, AID.c.data == data, AID.c.name == name)
