"""What a keeper of the record could sign about models, alerts and servers: writer and both verifiers refuse each, and name the entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from governance.evidence import Evidence, Input, Rows, RunKey, sha256
from governance.evidence.codec import JsonValue
from governance.evidence.errors import RuleError
from governance.evidence.evidence import Environment
from governance.review import events, machine, opening
from governance.review.state import Entry
from tests.dossier.ledger import Book, check, lines_of, predicate, signer_of
from tests.dossier.test_attacks import refused, resigned
from tests.dossier.test_deployments import CHALLENGE, begun, deployed, gone, served
from tests.dossier.test_gate import FOUND, RULES
from tests.dossier.test_norms import adopted, sign
from tests.dossier.test_semantic_forgeries import Act, removed, written
from tests.review.board import DATA, EVIDENCE, MODEL, Room, approved, registered, text, time

OTHER = "f" * 64
SHOWN = EVIDENCE[1].digest
DONE = text("done")


def model(digest: str = MODEL, **fields: object) -> Act:
    body = events.ModelRegistered("m", "Credit", "1", digest, "binary", "olga", "high", text("use"))
    return ("service", replace(body, **fields), "")  # type: ignore[arg-type]


def table(digest: str = DATA) -> Act:
    return ("service", events.DatasetRegistered("t", "T", digest, "d" * 64, 99, "training", "e" * 64), "")


def alert(state: str, actor: str = "service", rule: str = "psi", evidence: str | None = SHOWN, of: str = MODEL) -> Act:
    return (actor, events.MonitoringAlert("a1", of, rule, state, evidence), "")  # type: ignore[arg-type]


def attested(outcome: str = "assessed", method: str = "serving.attest") -> Act:
    return ("service", events.EvidenceRecorded("7" * 64, "8" * 64, method, 1, MODEL, (), 10, 10, outcome), "")  # type: ignore[arg-type]


def after(room: Room, *acts: Act) -> Room:
    """Return a room in which these acts were done."""
    for actor, body, *_ in acts:
        room.do(actor, body, None)
    return room


def with_norms() -> Room:
    room = approved()
    return sign(room, "ada", "ben", "cleo")


def alone() -> tuple[Room, list[Act]]:
    """Return a board that lost all but one who may vote, and the round that the service opens all the same."""
    room = registered()
    room.freeze()
    after(room, *(removed(who) for who in ("ada", "ben", "cleo")))
    return room, [("service", opening.draft(room.state, room.case, time(room.day), None), "credit")]


def retired_by_the_service() -> tuple[Room, list[Act]]:
    room = approved()
    body = replace(room.case.decision, outcome="retired", rationale=text("x"))  # type: ignore[type-var]
    return room, [("service", body, "credit")]


SERVED = alert("confirmed", rule="served", evidence="7" * 64)
FORGERIES: dict[str, Callable[[], tuple[Room, list[Act]]]] = {
    "a model registered again in a lower tier": lambda: (registered(), [model(risk_tier="low")]),
    "a table registered again as another": lambda: (registered(), [table()]),
    "a round that could never be decided": alone,
    "a retirement by the service": retired_by_the_service,
    "the service acts upon an alert": lambda: (after(approved(), alert("confirmed")), [alert("acted", rule="stop")]),
    "the service silences an alert": lambda: (
        after(approved(), alert("confirmed")), [alert("acted", rule="ignore_until 2999-01-01T00:00:00Z")],
    ),
    "what was never confirmed is acted upon": lambda: (approved(), [alert("acted", "ben", "stop")]),
    "what was only observed is acted upon": lambda: (after(approved(), alert("observed")), [alert("acted", "ben", "stop")]),
    "a confirmed alert becomes an estimate": lambda: (after(approved(), alert("confirmed")), [alert("impact_estimated")]),
    "a confirmed alert is put aside": lambda: (after(approved(), alert("confirmed")), [alert("overridden", "ben")]),
    "an alert confirmed twice": lambda: (after(approved(), alert("confirmed")), [alert("confirmed", "ben")]),
    "an alert put aside twice": lambda: (after(approved(), alert("overridden", "ben")), [alert("overridden", "ada")]),
    "a settled alert confirmed without a new beginning": lambda: (
        after(approved(), alert("confirmed"), alert("acted", "ben", "retrain")), [alert("confirmed")],
    ),
    "a silent alert begun anew": lambda: (
        after(approved(), alert("confirmed"), alert("acted", "ben", "ignore_until 2027-01-01T00:00:00Z"), alert("observed")),
        [alert("confirmed")],
    ),
    "an alert that changes its model": lambda: (
        after(approved(), model(OTHER), alert("observed")), [alert("impact_estimated", of=OTHER)],
    ),
    "a confirmation by the service on nothing": lambda: (approved(), [alert("confirmed", evidence=None)]),
    "a confirmation by the service on what nobody recorded": lambda: (approved(), [alert("confirmed", evidence="6" * 64)]),
    "a confirmation by the service on evidence of another model": lambda: (
        after(approved(), model(OTHER)), [alert("confirmed", of=OTHER)],
    ),
    "a confirmation by the service on what was not assessed": lambda: (
        after(approved(), attested("not_assessed", "drift.compare")), [alert("confirmed", evidence="7" * 64)],
    ),
    "a server that could not be judged differs": lambda: (after(served(), attested("not_assessed")), [SERVED]),
    "other evidence says that a server differs": lambda: (served(), [alert("confirmed", rule="served")]),
    "rows of a deployment that ended": lambda: (
        after(approved(), ("service", deployed()), ("service", gone())), [("service", begun(), "")],
    ),
    "a breach of a norm confirmed before it was observed": lambda: (with_norms(), [alert("confirmed", rule="norm:x")]),
    "a breach of a norm estimated on other evidence": lambda: (with_norms(), [alert("impact_estimated", rule="norm:x")]),
    "a breach of a norm by a member on nothing": lambda: (
        with_norms(), [alert("confirmed", "ben", "norm:x", evidence=None)],
    ),
    "a breach of a norm that was not assessed": lambda: (
        after(with_norms(), attested("not_assessed", "fairness.norms")), [alert("observed", rule="norm:x", evidence="7" * 64)],
    ),
    "norms signed for a second time when they are in force": lambda: (
        adopted(), [("ada", events.NormsAdopted("1" * 64, "1" * 64, DONE), "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_the_writer_and_both_verifiers_refuse_and_name_the_entry(tmp_path: Path, name: str) -> None:
    room, acts = FORGERIES[name]()
    ((actor, body, case),) = acts
    with pytest.raises(RuleError):
        machine.apply(room.state, Entry(len(room.entries), time(room.day), case or None, actor, body))
    lines = written(room, acts)
    refused(resigned(lines), tmp_path, len(lines) - 1)
    honest = check(resigned(lines[:-1]), tmp_path)
    assert honest["valid"], honest["reason"]


def test_steps_of_alerts_that_follow_are_accepted(tmp_path: Path) -> None:
    silent = alert("acted", "ben", "ignore_until 2026-01-01T00:00:00Z")
    steps = [
        alert("observed"), alert("impact_estimated"), alert("impact_estimated"), alert("observed"), alert("overridden", "ben"),
        alert("impact_estimated"), alert("confirmed"), alert("observed"), silent, alert("observed"), alert("confirmed"),
    ]  # fmt: skip
    room = after(approved(), *steps)
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    for case in (None, "credit"):
        answer = check(Book(lines).files(case), tmp_path)
        assert answer["valid"], answer["reason"]


def differing(room: Room, outcome: str, *challenges: str, again: bool = False) -> tuple[Room, dict[str, bytes]]:
    """Return the room in which the service says, with evidence that is there, that a server differs.

    With `again` the evidence was recorded once before its rows are named, and once after.
    """
    inputs = (Input("model", MODEL), *(Input("challenge", digest) for digest in challenges))
    result: JsonValue = {"outcome": outcome}
    key = RunKey("serving.attest", 1, inputs, "", {}, {}, 0)
    found = Evidence(key, Rows(10, 10), Environment("3", "linux", {}), result)
    body = events.EvidenceRecorded(found.digest, key.digest, key.method, 1, MODEL, (), 10, 10, "assessed")
    if again:
        after(room, ("service", body), ("service", begun()))
    after(room, ("service", body), alert("confirmed", rule="served", evidence=found.digest))
    return room, {found.digest: found.to_bytes()}


@pytest.mark.parametrize("case", [None, "credit"])
def test_a_server_differs_where_its_evidence_says_so_of_rows_that_were_named(tmp_path: Path, case: str | None) -> None:
    unasked = after(approved(), ("service", deployed()))
    of_other = after(approved(), model(OTHER), ("service", deployed("branch", OTHER)), ("service", begun()))
    other_words = "not named before"
    for (room, files), words in (
        (differing(served(), "different", CHALLENGE), ""),
        (differing(served(), "different"), ""),
        (differing(served(), "identical", CHALLENGE), "does not say that a server differs"),
        (differing(served(), "different", CHALLENGE, "5" * 64), other_words),
        (differing(approved(), "different", CHALLENGE), other_words),
        (differing(unasked, "different", CHALLENGE, again=True), other_words),
        (differing(of_other, "different", CHALLENGE), other_words),
    ):
        export = Book(lines_of([(predicate(e), signer_of(e)) for e in room.entries]), evidence=files).files(case)
        if words:
            refused(export, tmp_path, len(room.entries) - 1, words)
        else:
            answer = check(export, tmp_path)
            assert answer["valid"], answer["reason"]


def test_frozen_evidence_has_the_form_that_is_held_against_its_entry(tmp_path: Path) -> None:
    room, files, items = registered(), dict[str, bytes](), []
    for item in FOUND:
        value = json.loads(item.to_bytes()) | {"format": "countersign-evidence/9"}
        body = Evidence.from_bytes(item.to_bytes())
        data = json.dumps(value).encode()

        digest = sha256(data)
        files[digest] = data
        recorded = events.EvidenceRecorded(digest, "1" * 64, body.key.method, 1, MODEL, (DATA,), 10, 10, "assessed")
        room.do("service", recorded, None)
        items.append(events.FrozenItem(digest, "1" * 64, body.key.method))
    frozen = events.frozen(events.EvidenceFrozen(1, "0" * 64, tuple(items), RULES.digest, ()))
    room.do("service", frozen)
    export = Book(
        lines_of([(predicate(e), signer_of(e)) for e in room.entries]),
        evidence=files | {RULES.digest: RULES.to_bytes()},
    )
    refused(export.files(), tmp_path, len(room.entries) - 1, "another form")
