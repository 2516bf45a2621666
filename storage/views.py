"""The read side: each call sees the workspace at one moment and returns frozen dataclasses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from storage import case_views, log, registry_views, texts
from storage.blobs import Blobs
from storage.engine import reading
from storage.entities import (
    CaseFile,
    Comment,
    ConditionState,
    Decision,
    Draft,
    Head,
    Key,
    Member,
    RawEntry,
    RecordedEvidence,
    RegisteredDataset,
    RegisteredModel,
    Run,
    Vote,
)
from storage.errors import RefusedInputError
from storage.keys import KeyRing
from storage.ledger import Record, TlogProof, Verifier, inclusion_proof, read_note, stored_record
from storage.log import SignedCheckpoint
from storage.operations import Drafts, Runs
from storage.selection import RECORD, count_records, history, select_records
from storage.texts import Disclosed


@dataclass(frozen=True, slots=True)
class Views:
    """What a workspace holds, for reading."""

    engine: Engine
    log: Verifier
    """The checkpoint key; its name is the origin of the ledger."""
    blobs: Blobs
    keyring: KeyRing

    def models(self) -> tuple[RegisteredModel, ...]:
        """Return the registered model versions, the oldest first."""
        with reading(self.engine) as connection:
            return registry_views.models(connection)

    def model(self, digest: str) -> RegisteredModel | None:
        """Return the model version of a digest, as last registered."""
        with reading(self.engine) as connection:
            return next(iter(registry_views.models(connection, digest)), None)

    def datasets(self) -> tuple[RegisteredDataset, ...]:
        """Return the registered data sets, the oldest first."""
        with reading(self.engine) as connection:
            return registry_views.datasets(connection)

    def dataset(self, digest: str) -> RegisteredDataset | None:
        """Return the data set of a digest, as last registered."""
        with reading(self.engine) as connection:
            return next(iter(registry_views.datasets(connection, digest)), None)

    def evidence(self, digest: str) -> RecordedEvidence | None:
        """Return what the ledger says about an evidence digest."""
        with reading(self.engine) as connection:
            return registry_views.evidence_by(connection, "digest", digest)

    def find_evidence(self, key: str) -> RecordedEvidence | None:
        """Return the latest evidence of a run key: the cache of results."""
        with reading(self.engine) as connection:
            return registry_views.evidence_by(connection, "key", key)

    def all_evidence(self, model: str | None = None, method: str | None = None) -> tuple[RecordedEvidence, ...]:
        """Return recorded evidence, the oldest first; of one model or method when named."""
        with reading(self.engine) as connection:
            return registry_views.all_evidence(connection, model, method)

    def evidence_by_model(self) -> dict[str, int]:
        """Return how many recorded results are about each model, by its digest; models without any are left out."""
        with reading(self.engine) as connection:
            return registry_views.evidence_by_model(connection)

    def evidence_by_data(self) -> dict[str, int]:
        """Return how many recorded results rest on each data set, by its digest; data sets without any are left out."""
        with reading(self.engine) as connection:
            return registry_views.evidence_by_data(connection)

    def members(self, removed: bool = False) -> tuple[Member, ...]:
        """Return the members, and the removed ones too when asked."""
        with reading(self.engine) as connection:
            return registry_views.members(connection, removed)

    def member(self, member: str) -> Member | None:
        """Return a current member by id."""
        return next((item for item in self.members() if item.member == member), None)

    def keys(self) -> tuple[Key, ...]:
        """Return every key the ledger has known, the oldest first."""
        with reading(self.engine) as connection:
            return registry_views.keys(connection, self.keyring)

    def cases(self) -> tuple[CaseFile, ...]:
        """Return the review cases, the oldest first."""
        with reading(self.engine) as connection:
            return case_views.cases(connection)

    def case(self, case: str) -> CaseFile | None:
        """Return a review case by id."""
        with reading(self.engine) as connection:
            return next(iter(case_views.cases(connection, case)), None)

    def comments(self, case: str) -> tuple[Comment, ...]:
        """Return the comments on a case, the oldest first."""
        with reading(self.engine) as connection:
            return case_views.comments(connection, case)

    def votes(self, case: str) -> tuple[Vote, ...]:
        """Return the votes on a case, replaced ones too, the oldest first."""
        with reading(self.engine) as connection:
            return case_views.votes(connection, case)

    def decisions(self, case: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions, the oldest first."""
        with reading(self.engine) as connection:
            return case_views.decisions(connection, case)

    def conditions(self, case: str | None = None) -> tuple[ConditionState, ...]:
        """Return the conditions of decisions and what became of them."""
        with reading(self.engine) as connection:
            return case_views.conditions(connection, case)

    def history(self, case: str) -> tuple[Record, ...]:
        """Return what the rules of a case look at: its records, and all about keys, members and the charter."""
        with reading(self.engine) as connection:
            return history(connection, case)

    def entries(
        self,
        *,
        case: str | None = None,
        types: Sequence[str] = (),
        actor: str | None = None,
        offset: int = 0,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> tuple[Record, ...]:
        """Return the records that match."""
        with reading(self.engine) as connection:
            return select_records(
                connection,
                case=case,
                types=types,
                actor=actor,
                offset=offset,
                limit=limit,
                newest_first=newest_first,
            )

    def count(self, *, case: str | None = None, types: Sequence[str] = (), actor: str | None = None) -> int:
        """Return how many records match."""
        with reading(self.engine) as connection:
            return count_records(connection, case=case, types=types, actor=actor)

    def event_types(self) -> tuple[str, ...]:
        """Return the events that occur, by name."""
        return self._distinct("type")

    def actors(self) -> tuple[str, ...]:
        """Return who has acted, by id."""
        return self._distinct("actor")

    def _distinct(self, column: str) -> tuple[str, ...]:
        with reading(self.engine) as connection:
            found = connection.execute(select(RECORD.c[column]).distinct().order_by(RECORD.c[column]))
            return tuple(str(item) for item in found.scalars())

    def raw_entry(self, index: int) -> RawEntry:
        """Return a line as it is stored, and its proof under the last checkpoint.

        Raises:
            RefusedInputError: there is no such line.
        """
        with reading(self.engine) as connection:
            found = next(log.lines(connection, index, index + 1), None) if index >= 0 else None
            if found is None:
                raise RefusedInputError(f"There is no line {index}.", f"The ledger has {log.size(connection)} lines.")
            _, line, leaf = found
            last = log.last_checkpoint(connection, self.log)
            proof = None
            if last is not None and index < last.checkpoint.size:
                path = inclusion_proof(log.leaves(connection, last.checkpoint.size), index)
                proof = TlogProof(index, path, last.note).to_bytes()
            return RawEntry(index, line, leaf, stored_record(index, line), proof)

    def lines(self) -> tuple[bytes, ...]:
        """Return every line, byte for byte, in order."""
        with reading(self.engine) as connection:
            return tuple(line for _, line, _ in log.lines(connection))

    def leaves(self) -> tuple[bytes, ...]:
        """Return the stored leaf hash of every line."""
        with reading(self.engine) as connection:
            return tuple(log.leaves(connection))

    def checkpoint(self) -> SignedCheckpoint | None:
        """Return the last signed checkpoint, or None before the first."""
        with reading(self.engine) as connection:
            return log.last_checkpoint(connection, self.log)

    def head(self) -> Head:
        """Return the state of the ledger in numbers."""
        with reading(self.engine) as connection:
            size = log.size(connection)
            last = log.last_checkpoint(connection, self.log)
            newest = select_records(connection, limit=1, newest_first=True)
        others = () if last is None else tuple(item.name for item in read_note(last.note).signatures[1:])
        return Head(
            origin=self.log.name,
            size=size,
            last_time=newest[0].time if newest else "",
            checkpointed=last.checkpoint.size if last else 0,
            note=last.note if last else None,
            witnesses=others,
        )

    def texts(self, digests: Collection[str]) -> dict[str, Disclosed]:
        """Return the texts that are still there, with their salts, by digest."""
        with reading(self.engine) as connection:
            return texts.disclose(connection, digests)

    def text(self, digest: str) -> str | None:
        """Return one text, or None when it was erased."""
        found = self.texts([digest]).get(digest)
        return None if found is None else found.text

    def runs(self, states: Sequence[str] = ()) -> tuple[Run, ...]:
        """Return computations, the newest first; of some states when named."""
        return Runs(self.engine).all(states)

    def draft(self, member: str, case: str, kind: str) -> Draft | None:
        """Return what the member has written and not yet sent."""
        return Drafts(self.engine).get(member, case, kind)
