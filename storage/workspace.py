"""A workspace: one folder with the database, the content-addressed files and the keys.

workspace.sqlite    records, checkpoints, texts, projections (or a PostgreSQL server by its address)
blobs/              content-addressed files
keys/               signing keys
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, Engine, select

from storage import attestations, log
from storage.attempts import counted
from storage.blobs import Blobs
from storage.engine import is_read_only, open_engine, reading, require_writable, writable, writing
from storage.errors import RecordError, RefusedInputError
from storage.founding import finished, founding, require_unfinished
from storage.head import Head, forget, remember, remembered, require_continued, require_last
from storage.keys import KeyRing, checked_passphrase
from storage.ledger import (
    COSIGNATURE,
    EDITION,
    Signer,
    Verdict,
    Verifier,
    timestamp,
    verify_ledger,
)
from storage.log import SignedCheckpoint
from storage.migrations import migrate, require_migrated
from storage.operations import Beats, Drafts, Runs
from storage.origin import new_origin
from storage.place import SCRATCH, address_of, require_empty
from storage.processes import mark
from storage.projections import rebuild
from storage.scratch import close_to_others, own_folder
from storage.tables import KeyRow, table_of
from storage.unit_of_work import UnitOfWork
from storage.views import Views

WITNESSES: Final = "witnesses"
PASSPHRASE_VARIABLE: Final = "COUNTERSIGN_SERVICE_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with the passphrase of the service's own keys, if they have one."""
KEY = table_of(KeyRow)


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace; safe to share between threads. Close it, or use it in a `with` statement."""

    root: Path
    engine: Engine
    keyring: KeyRing
    blobs: Blobs
    log: Verifier
    """The checkpoint key that ledger.created names; its name is the origin. Another may have taken its place since."""

    @classmethod
    def create(
        cls,
        root: Path,
        organisation: str,
        root_passphrase: str,
        at: datetime,
        *,
        database: str | None = None,
        service_passphrase: str | None = None,
        begin: Callable[[Workspace], None] | None = None,
    ) -> Workspace:
        """Make a workspace, whole or not at all: tables, the root, record and checkpoint keys, the first records, and what `begin` adds.

        On a server the first records are there for good before `begin`, and stay if it fails.

        Raises:
            RefusedInputError: there is a workspace already, the organisation's name has a character that an origin cannot
                hold, or the passphrase is too short.
        """
        origin, server = new_origin(organisation), address_of(root, database)
        checked_passphrase(root_passphrase)
        if isinstance(server, str):
            require_unfinished(root, server)
        with founding(root) as unfinished:
            keyring = KeyRing(root / "keys", service_passphrase or os.environ.get(PASSPHRASE_VARIABLE))
            checkpoint_key = keyring.create_log(origin).verifier
            engine = open_engine(server if isinstance(server, str) else unfinished)
            try:
                migrate(engine)
                found = cls(root, engine, keyring, Blobs(root / "blobs"), checkpoint_key)
                found._found(organisation, keyring.create_root(root_passphrase), at)
                if begin is not None and not isinstance(server, str):
                    begin(found)
                close_to_others(unfinished)
            finally:
                engine.dispose()
        made = cls.open(root, database=database, service_passphrase=service_passphrase)
        if begin is not None and isinstance(server, str):
            begin(made)
        return made

    @classmethod
    def open(cls, root: Path, *, database: str | None = None, service_passphrase: str | None = None) -> Workspace:
        """Open a workspace.

        Raises:
            RefusedInputError: there is none in the folder.
            RecordError: the ledger does not begin as a ledger does.
        """
        address = address_of(root, database)
        if isinstance(address, Path) and not address.is_file():
            raise RefusedInputError(f"There is no workspace in {root}.", "Create one: countersign demo, or serve.")
        read_only = isinstance(address, Path) and not writable(address)
        engine = open_engine(address, read_only=read_only)
        try:
            require_migrated(engine) if read_only else migrate(engine)
            keyring = KeyRing(root / "keys", service_passphrase or os.environ.get(PASSPHRASE_VARIABLE))
            opened = cls(root, engine, keyring, Blobs(root / "blobs"), log.named(engine))
        except BaseException:
            engine.dispose()
            raise
        finished(root)
        return opened

    def scratch(self) -> Path:
        """Return this process's folder for what is at work; what processes that are gone left is swept when one starts.

        Where the workspace cannot be written it is a folder outside, which goes when the process ends.
        """
        if self.read_only:
            return own_folder()
        for place in (home := self.root / SCRATCH, home / mark()):
            place.mkdir(mode=0o700, exist_ok=True)
        return place

    @property
    def read_only(self) -> bool:
        """Whether nothing can be recorded here: a copy on a medium or of another account."""
        return is_read_only(self.engine)

    def require_writable(self) -> None:
        """Raise RecordError where nothing can be recorded, before something is kept beside the database."""
        require_writable(self.engine)

    @property
    def origin(self) -> str:
        """Name of the ledger."""
        return self.log.name

    @contextmanager
    def write(self, *, restoring: Head | None = None) -> Iterator[UnitOfWork]:
        """Give the right to write; without `commit()` nothing of the unit is kept.

        Args:
            restoring: what was signed last, where this very unit says in the ledger that it was lost; it is set aside once that is kept.

        Raises:
            RecordError: the database refuses, or no turn came within a minute.
        """
        with writing(self.engine) as connection:
            if restoring is None or remembered(self.keyring.folder) != restoring:
                require_last(self.keyring.folder, log.size(connection), lambda index: log.leaf_at(connection, index))
            yield UnitOfWork(connection, self.origin, self.blobs, self.keyring.record, self._sign_checkpoint)
        if restoring is not None:
            forget(self.keyring.folder, restoring)
        self._remember_head()

    def read(self) -> Views:
        """Return the read side."""
        return Views(self.engine, self.log, self.blobs, self.keyring)

    @property
    def runs(self) -> Runs:
        """The computations under way or ended."""
        return Runs(self.engine)

    @property
    def beats(self) -> Beats:
        """The signs of life of the processes that compute."""
        return Beats(self.engine)

    @property
    def drafts(self) -> Drafts:
        """What members have written and not yet sent."""
        return Drafts(self.engine)

    def checkpoint(self) -> SignedCheckpoint:
        """Return a checkpoint over every line, signed now unless the last one covers them all.

        Every line is hashed again and held against the last signed checkpoint first.

        Raises:
            RecordError: the key is missing, or the ledger shrank, forked, or was changed; or the workspace is read-only, and the last
                checkpoint does not cover every line.
        """
        if self.read_only:
            return self._last_checkpoint()
        with writing(self.engine) as connection:
            found = self._sign_checkpoint(connection)
            connection.commit()
        self._remember_head()
        return found

    def _last_checkpoint(self) -> SignedCheckpoint:
        with reading(self.engine) as connection:
            found, size = log.last_checkpoint(connection, self.log), log.size(connection)
        covered = found.checkpoint.size if found else 0
        if found is None or covered != size:
            raise RecordError(
                f"The last checkpoint covers {covered} of {size} lines, and none can be signed where the workspace is read-only.",
                "Sign one in the workspace itself before it is copied: countersign ledger head.",
            )
        return found

    def broken_off(self) -> Head | None:
        """Return what was signed last if this ledger does not continue it, None when it does."""
        with reading(self.engine) as connection:
            leaves = log.leaves(connection)
        try:
            require_continued(self.keyring.folder, leaves)
        except RecordError:
            return remembered(self.keyring.folder)
        return None

    def _remember_head(self) -> None:
        """Remember, beside the keys, the largest checkpoint that is now on disk."""
        with suppress(RecordError), reading(self.engine) as connection:
            before = remembered(self.keyring.folder)
            if before is not None and log.last_size(connection) <= before.size:
                return
            found = log.last_checkpoint(connection, self.log)
            leaf = log.leaf_at(connection, found.checkpoint.size - 1) if found else None
            if found is not None and leaf is not None:
                remember(self.keyring.folder, Head(found.checkpoint.size, found.checkpoint.root, leaf))

    def _sign_checkpoint(self, connection: Connection) -> SignedCheckpoint:
        live, folder = log.signers(connection, self.log)[-1], self.keyring.folder
        return log.sign_checkpoint(
            connection, self.log, self.keyring.log(live.vkey).sign, require=lambda now: require_continued(folder, now)
        )

    def checkpoint_keys(self) -> tuple[Verifier, ...]:
        """Return every key that has signed checkpoints of this ledger, the live one last."""
        with reading(self.engine) as connection:
            return log.signers(connection, self.log)

    def checkpoint_at(self, size: int) -> SignedCheckpoint:
        """Return the stored checkpoint over exactly so many lines.

        Raises:
            RefusedInputError: none was signed over that many.
        """
        with reading(self.engine) as connection:
            found = log.checkpoint_at(connection, self.log, size)
        if found is None:
            raise RefusedInputError(f"No checkpoint over {size} lines was signed.", "See: countersign ledger head.")
        return found

    def add_timestamp(self, stamp: bytes, roots: bytes = b"") -> int:
        """Keep the time stamp of a stored checkpoint and return how many lines that covers.

        Args:
            stamp: DER of an RFC 3161 TimeStampResp.
            roots: PEM certificates of the authorities that are trusted; with none, only the digest is compared.

        Raises:
            RefusedInputError: it names no checkpoint of this ledger, or does not hold.
            CountersignError: roots are given, and the package that checks time stamps is not installed.
        """
        return attestations.keep_timestamp(self.engine, self.log, stamp, roots)

    def witnesses(self) -> tuple[Verifier, ...]:
        """Return the witnesses whose cosignatures this workspace keeps."""
        path = self.root / WITNESSES
        lines = path.read_text(encoding="utf-8").split() if path.is_file() else []
        return tuple(Verifier.from_vkey(line) for line in lines)

    def trust_witness(self, vkey: str) -> None:
        """Remember a witness by its verifier key.

        Raises:
            RefusedInputError: not a verifier key of a witness.
        """
        found = Verifier.from_vkey(vkey)
        if found.algorithm != COSIGNATURE:
            raise RefusedInputError(
                f"{vkey!r} is not a witness's key.", "A witness's key is of kind 4, cosignature/v1."
            )
        if found not in self.witnesses():
            with (self.root / WITNESSES).open("a", encoding="utf-8") as file:
                file.write(vkey + "\n")

    def add_cosignatures(self, note: bytes) -> int:
        """Keep a checkpoint that witnesses have cosigned; return how many known witnesses signed it.

        Raises:
            RefusedInputError: not a checkpoint that this ledger signed, or a known witness's signature fails.
        """
        return attestations.keep_cosignatures(self.engine, self.log, note, self.witnesses())

    def unlock(self, member: str, passphrase: str) -> Signer:
        """Return the member's signer for one act: the newest of the live keys that this passphrase opens.

        Raises:
            RefusedInputError: the member has no live key, or the passphrase opens none.
            RecordError: the file of the newest key is missing or damaged, and no other opens.
        """
        keyids = self._live_keys("member", member)
        return counted(self.keyring.folder, member, lambda: self.keyring.one_of(member, keyids, passphrase))

    def record_signer(self) -> Signer:
        """Return the service's live record key, for what it signs beside the ledger.

        Raises:
            RefusedInputError: no record key is live.
            RecordError: the key file is missing or damaged.
        """
        return self.keyring.record(self._live_keys("record")[0])

    def unlock_root(self, passphrase: str) -> Signer:
        """Return the root signer, for keys and members; raises as `unlock` does."""
        keyid = self._live_keys("root")[0]
        return counted(self.keyring.folder, "root", lambda: self.keyring.root(keyid, passphrase))

    def verify(self, older: tuple[bytes, ...] = (), workers: int | None = None) -> Verdict:
        """Check every line, its signature and place, against a checkpoint signed now and those kept from earlier.

        Raises:
            RecordError: no checkpoint can be signed: the key is missing, or the ledger was changed.
        """
        signed = self.checkpoint()
        found = verify_ledger(
            self.read().lines(),
            self.log,
            note=signed.note,
            older=older,
            workers=workers,
            later=self.checkpoint_keys()[1:],
        )
        if found.valid and signed.tsr and not timestamp.names(signed.tsr, signed.note):
            return replace(found, problem="The time stamp that is kept with the checkpoint is of something else.")
        return found

    def rebuild(self) -> int:
        """Drop every projection and compute it again from the lines; return how many lines were read."""
        with writing(self.engine) as connection:
            done = rebuild(connection)
            connection.commit()
        return done

    def close(self) -> None:
        """Give the database connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _found(self, organisation: str, root_key: Signer, at: datetime) -> None:
        record = self.keyring.create_record()
        with self.write() as unit:
            require_empty(unit.size)
            begin = {
                "organisation": organisation,
                "log_vkey": self.log.vkey,
                "root": {"keyid": root_key.keyid, "public_key": root_key.public.base64},
                "format": 1,
                "edition": EDITION,
            }
            unit.append("ledger.created", begin, actor="service", at=at, signer=root_key)
            added = {"keyid": record.keyid, "public_key": record.public.base64, "owner": "service", "purpose": "record"}
            unit.append("key.added", added, actor="service", at=at, signer=root_key)
            unit.commit()

    def _live_keys(self, purpose: str, owner: str | None = None) -> list[str]:
        """Return the ids of the live keys, the newest first; there is at least one."""
        query = select(KEY.c.keyid).where(KEY.c.purpose == purpose, KEY.c.revoked.is_(None))
        if owner is not None:
            query = query.where(KEY.c.owner == owner)
        with reading(self.engine) as connection:
            found = [str(keyid) for keyid in connection.execute(query.order_by(KEY.c.idx.desc())).scalars()]
        if not found:
            whose = owner or "The ledger"
            raise RefusedInputError(f"{whose} has no live {purpose} key.", "Ask for one: countersign key ask.")
        return found
