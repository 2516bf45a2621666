"""Where a model is served is in the record: both verifiers follow it, and refuse what the page does not allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance.dossier.bundle import chosen
from governance.evidence.errors import RuleError
from governance.review import events
from governance.review.state import Entry
from tests.dossier.ledger import Book, check, lines_of, predicate, signer_of
from tests.dossier.test_attacks import filled, forged_after, refused, spread
from tests.review.board import EVIDENCE, MODEL, Room, approved, registered, text, time

CHALLENGE = "d" * 64


def deployed(name: str = "branch", model: str = MODEL) -> events.DeploymentRegistered:
    return events.DeploymentRegistered(name, model, "rest", "credit", text("http://models:8000"), None)


def begun(name: str = "branch") -> events.AttestationBegun:
    return events.AttestationBegun(name, CHALLENGE, 390, 300)


def gone(name: str = "branch") -> events.DeploymentEnded:
    return events.DeploymentEnded(name, text("Moved to another machine."))


def served() -> Room:
    room = approved()
    for body in (deployed(), begun(), deployed("counter"), gone("counter")):
        room.do("service", body, None)
    return room


def test_the_state_knows_what_is_served_and_what_is_no_more() -> None:
    state = served().state
    assert set(state.deployments) == {"branch"}
    assert state.ended == {"counter"}


def test_both_verifiers_follow_deployments_in_the_whole_ledger_and_in_the_export_of_a_case(tmp_path: Path) -> None:
    room = served()
    whole = filled(room)
    assert check(whole.files(), tmp_path)["valid"]
    source = whole.source("credit")
    told = [predicate(room.entries[index])["type"] for index in chosen(source)]
    assert told[-4:] == ["deployment.registered", "attestation.begun", "deployment.registered", "deployment.ended"]
    assert check(whole.files("credit"), tmp_path)["valid"]


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        ([deployed(model="f" * 64)], "not registered"),
        ([deployed(), deployed()], "There is or was a deployment 'branch'"),
        ([deployed(), gone(), deployed()], "There is or was a deployment 'branch'"),
        ([begun()], "There is no deployment 'branch'"),
        ([deployed(), gone(), begun()], "There is no deployment 'branch'"),
        ([deployed(), gone(), gone()], "There is no deployment 'branch'"),
    ],
)
def test_what_the_rules_refuse_both_verifiers_refuse(bodies: list[Any], words: str, tmp_path: Path) -> None:
    room = registered()
    for body in bodies[:-1]:
        room.do("service", body, None)
    with pytest.raises(RuleError, match=words):
        room.do("service", bodies[-1], None)
    lines = [(predicate(entry), signer_of(entry)) for entry in room.entries]
    forged = Entry(len(lines), time(room.day), None, "service", bodies[-1])
    told = check(Book(lines_of([*lines, (predicate(forged), "service")])).files(), tmp_path)
    assert (told["valid"], told["first_bad"]) == (False, len(lines))


def differing(evidence: str | None, actor: str = "service") -> tuple[str, events.MonitoringAlert]:
    return actor, events.MonitoringAlert("served-a", MODEL, "served", "confirmed", evidence)


def attested(room: Room) -> str:
    body = events.EvidenceRecorded("7" * 64, "8" * 64, "serving.attest", 1, MODEL, (), 10, 10, "assessed")
    room.do("service", body, None)
    return body.digest


@pytest.mark.parametrize("case", [None, "credit"])
def test_a_difference_that_rests_on_an_attestation_suspends(case: str | None, tmp_path: Path) -> None:
    room = served()
    actor, body = differing(attested(room))
    room.do(actor, body, None)
    assert room.state.cases["credit"].status == "suspended"
    told = check(filled(room).files(case), tmp_path)
    assert told["valid"], told["reason"]


@pytest.mark.parametrize("evidence", [None, "9" * 64, EVIDENCE[2].digest])
def test_the_service_says_of_no_server_what_no_attestation_shows(evidence: str | None, tmp_path: Path) -> None:
    room = served()
    actor, body = differing(evidence)
    with pytest.raises(RuleError, match="without evidence of it"):
        room.do(actor, body, None)
    refused(*spread(forged_after(room, actor, body, case=None), tmp_path), "without evidence of it")
