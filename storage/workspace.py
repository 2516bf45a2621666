"""A workspace: one folder with the database, the content-addressed files and the keys.

workspace.sqlite    records, checkpoints, texts, projections (or a PostgreSQL server by its address)
blobs/              content-addressed files
keys/               signing keys
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, Engine, select

from storage.blobs import Blobs
from storage.engine import open_engine, reading, writing
from storage.errors import DamagedError, RefusedError
from storage.keys import KeyRing, checked_passphrase
from storage.ledger import log, timestamp
from storage.ledger.checkpoint import read
from storage.ledger.envelope import Signer
from storage.ledger.log import SignedCheckpoint
from storage.ledger.note import COSIGNATURE, Note, OpenedNote, Signature, Verifier, open_note, read_note
from storage.ledger.record import stored_record
from storage.ledger.verify import Verdict, verify_ledger
from storage.migrations import migrate
from storage.operations import Drafts, Runs
from storage.projections import rebuild
from storage.tables import KeyRow, table_of
from storage.unit_of_work import UnitOfWork
from storage.views import Views

DATABASE: Final = "workspace.sqlite"
WITNESSES: Final = "witnesses"
DATABASE_VARIABLE: Final = "COUNTERSIGN_DATABASE"
"""Environment variable with the address of a PostgreSQL server in place of the file."""
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
    ) -> Workspace:
        """Make a workspace: tables, the root, record and checkpoint keys, and the first two records.

        Raises:
            RefusedError: there is a workspace already, the organisation's name has a character that an origin cannot
                hold, or the passphrase is too short.
        """
        origin = f"{_origin_part(organisation)}/ledger/{secrets.token_hex(8)}"
        checked_passphrase(root_passphrase)
        if (root / DATABASE).exists() or (root / "keys").exists():
            raise RefusedError(f"There is a workspace in {root} already.", "Choose another folder.")
        root.mkdir(parents=True, exist_ok=True)
        keyring = KeyRing(root / "keys", service_passphrase or os.environ.get(PASSPHRASE_VARIABLE))
        checkpoint_key = keyring.create_log(origin).verifier
        engine = open_engine(database or os.environ.get(DATABASE_VARIABLE) or root / DATABASE)
        found = cls(root, engine, keyring, Blobs(root / "blobs"), checkpoint_key)
        try:
            migrate(engine)
            found._found(organisation, keyring.create_root(root_passphrase), at)
        except BaseException:
            engine.dispose()
            raise
        return found

    @classmethod
    def open(cls, root: Path, *, database: str | None = None, service_passphrase: str | None = None) -> Workspace:
        """Open a workspace.

        Raises:
            RefusedError: there is none in the folder.
            DamagedError: the ledger does not begin as a ledger does.
        """
        address = database or os.environ.get(DATABASE_VARIABLE) or root / DATABASE
        if isinstance(address, Path) and not address.is_file():
            raise RefusedError(f"There is no workspace in {root}.", "Create one: countersign demo, or serve.")
        engine = open_engine(address)
        try:
            migrate(engine)
            keyring = KeyRing(root / "keys", service_passphrase or os.environ.get(PASSPHRASE_VARIABLE))
            return cls(root, engine, keyring, Blobs(root / "blobs"), _named_log(engine))
        except BaseException:
            engine.dispose()
            raise

    @property
    def origin(self) -> str:
        """Name of the ledger."""
        return self.log.name

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Give the right to write; without `commit()` nothing of the unit is kept.

        Raises:
            DamagedError: the database refuses, or no turn came within a minute.
        """
        with writing(self.engine) as connection:
            yield UnitOfWork(connection, self.origin, self.blobs, self.keyring.record, self._sign_checkpoint)

    def read(self) -> Views:
        """Return the read side."""
        return Views(self.engine, self.log, self.blobs, self.keyring)

    @property
    def runs(self) -> Runs:
        """The computations under way or ended."""
        return Runs(self.engine)

    @property
    def drafts(self) -> Drafts:
        """What members have written and not yet sent."""
        return Drafts(self.engine)

    def checkpoint(self) -> SignedCheckpoint:
        """Return a checkpoint over every line, signed now unless the last one covers them all.

        Every line is hashed again and held against the last signed checkpoint first.

        Raises:
            DamagedError: the key is missing, or the ledger shrank, forked, or was changed.
        """
        with writing(self.engine) as connection:
            found = self._sign_checkpoint(connection)
            connection.commit()
        return found

    def _sign_checkpoint(self, connection: Connection) -> SignedCheckpoint:
        live = log.signers(connection, self.log)[-1]
        return log.sign_checkpoint(connection, self.log, self.keyring.log(live.vkey).sign)

    def checkpoint_keys(self) -> tuple[Verifier, ...]:
        """Return every key that has signed checkpoints of this ledger, the live one last."""
        with reading(self.engine) as connection:
            return log.signers(connection, self.log)

    def checkpoint_at(self, size: int) -> SignedCheckpoint:
        """Return the stored checkpoint over exactly so many lines.

        Raises:
            RefusedError: none was signed over that many.
        """
        with reading(self.engine) as connection:
            found = log.checkpoint_at(connection, self.log, size)
        if found is None:
            raise RefusedError(f"No checkpoint over {size} lines was signed.", "See: countersign ledger head.")
        return found

    def add_timestamp(self, stamp: bytes, roots: bytes = b"") -> int:
        """Keep the time stamp of a stored checkpoint and return how many lines that covers.

        Args:
            stamp: DER of an RFC 3161 TimeStampResp.
            roots: PEM certificates of the authorities that are trusted; with none, only the digest is compared.

        Raises:
            RefusedError: it names no checkpoint of this ledger, or does not hold.
            StorageError: roots are given, and the package that checks time stamps is not installed.
        """
        with writing(self.engine) as connection:
            size = log.size_stamped(connection, stamp)
            found = None if size is None else log.checkpoint_at(connection, self.log, size)
            if size is None or found is None:
                raise RefusedError(
                    "The time stamp names no checkpoint of this ledger.", "Ask again with a new question."
                )
            if roots:
                timestamp.checked(stamp, found.note, roots)
            log.keep_stamp(connection, size, stamp)
            connection.commit()
        return size

    def witnesses(self) -> tuple[Verifier, ...]:
        """Return the witnesses whose cosignatures this workspace keeps."""
        path = self.root / WITNESSES
        lines = path.read_text(encoding="utf-8").split() if path.is_file() else []
        return tuple(Verifier.from_vkey(line) for line in lines)

    def trust_witness(self, vkey: str) -> None:
        """Remember a witness by its verifier key.

        Raises:
            RefusedError: not a verifier key of a witness.
        """
        found = Verifier.from_vkey(vkey)
        if found.algorithm != COSIGNATURE:
            raise RefusedError(f"{vkey!r} is not a witness's key.", "A witness's key is of kind 4, cosignature/v1.")
        if found not in self.witnesses():
            with (self.root / WITNESSES).open("a", encoding="utf-8") as file:
                file.write(vkey + "\n")

    def add_cosignatures(self, note: bytes) -> int:
        """Keep a checkpoint that witnesses have cosigned; return how many known witnesses signed it.

        Raises:
            RefusedError: not a checkpoint that this ledger signed, or a known witness's signature fails.
        """
        own = self.checkpoint_keys()
        opened = open_note(note, [*own, *self.witnesses()])
        found = read(opened.note.text)
        with writing(self.engine) as connection:
            mine = log.checkpoint_at(connection, self.log, found.size)
            if mine is None or mine.checkpoint != found:
                raise RefusedError(f"This ledger signed no such checkpoint over {found.size} lines.")
            kept = read_note(mine.note).signatures
            added = tuple(item for item in _sealed(opened) if item not in kept)
            if added and mine.tsr:
                raise RefusedError(
                    "This checkpoint has a time stamp over its bytes; another signature would change them.",
                    "Have a new checkpoint cosigned first, then stamped.",
                )
            log.replace_note(connection, found.size, Note(opened.note.text, kept + added).to_bytes())
            connection.commit()
        return sum(item.verifier not in own for item in opened.seals)

    def unlock(self, member: str, passphrase: str) -> Signer:
        """Return the member's signer for one act.

        Raises:
            RefusedError: the member has no live key, or the passphrase does not open it.
            DamagedError: the key file is missing or damaged.
        """
        return self.keyring.member(member, self._live_key("member", member), passphrase)

    def record_signer(self) -> Signer:
        """Return the service's live record key, for what it signs beside the ledger.

        Raises:
            RefusedError: no record key is live.
            DamagedError: the key file is missing or damaged.
        """
        return self.keyring.record(self._live_key("record", None))

    def unlock_root(self, passphrase: str) -> Signer:
        """Return the root signer, for keys and members; raises as `unlock` does."""
        return self.keyring.root(self._live_key("root", None), passphrase)

    def verify(self, older: tuple[bytes, ...] = (), workers: int = 1) -> Verdict:
        """Check every line, its signature and place, against a checkpoint signed now and those kept from earlier.

        Raises:
            DamagedError: no checkpoint can be signed: the key is missing, or the ledger was changed.
        """
        signed = self.checkpoint()
        found = verify_ledger(self.read().lines(), self.log, signed.note, older, workers, self.checkpoint_keys()[1:])
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
            begin = {
                "organisation": organisation,
                "log_vkey": self.log.vkey,
                "root": {"keyid": root_key.keyid, "public_key": root_key.public.base64},
                "format": 1,
            }
            unit.append("ledger.created", begin, actor="service", at=at, signer=root_key)
            added = {
                "keyid": record.keyid,
                "public_key": record.public.base64,
                "owner": "service",
                "purpose": "record",
            }
            unit.append("key.added", added, actor="service", at=at, signer=root_key)
            unit.commit()

    def _live_key(self, purpose: str, owner: str | None) -> str:
        query = select(KEY.c.keyid).where(KEY.c.purpose == purpose, KEY.c.revoked.is_(None))
        if owner is not None:
            query = query.where(KEY.c.owner == owner)
        with reading(self.engine) as connection:
            found = connection.execute(query.order_by(KEY.c.idx.desc()).limit(1)).scalar()
        if found is None:
            raise RefusedError(f"{owner or 'The ledger'} has no live {purpose} key.", "Add one: countersign key add.")
        return str(found)


def _sealed(opened: OpenedNote) -> tuple[Signature, ...]:
    """Return the signatures of known keys; those of strangers are not kept."""
    known = {(item.verifier.name, item.verifier.key_id) for item in opened.seals}
    return tuple(item for item in opened.note.signatures if (item.name, item.key_id) in known)


def _origin_part(organisation: str) -> str:
    part = re.sub(r"\s", "-", organisation.strip())
    if not part or re.search(r"[+/\x00-\x1f\x7f]", part) or len(part) > 100:
        raise RefusedError(
            f"The organisation {organisation!r} cannot name a ledger.",
            "Use 1 to 100 characters without plus sign, slash and control characters.",
        )
    return part


def _named_log(engine: Engine) -> Verifier:
    with reading(engine) as connection:
        first = next(log.lines(connection, 0, 1), None)
    if first is None:
        raise DamagedError("The ledger has no first line.", "Restore a backup, or create a new workspace.")
    record = stored_record(0, first[1])
    if record.type != "ledger.created":
        raise DamagedError(f"The ledger begins with {record.type}, not with ledger.created.", "Restore a backup.")
    return Verifier.from_vkey(record.body["log_vkey"])
