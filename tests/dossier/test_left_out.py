"""What somebody without any key can leave out of a case's export, and what the verdict says of it."""

from __future__ import annotations

from pathlib import Path

from governance.dossier.bundle import Source, export_files
from governance.review import decision, events, opening
from tests.dossier.ledger import RIGHT_ROOT, check, checkpoint, lines_of, predicate, said_in, signer_of
from tests.dossier.test_attacks import refused
from tests.dossier.test_forgeries import without
from tests.review.board import EVIDENCE, MODEL, Room, approved, registered, text, time


def two_models() -> Room:
    """Return a room with an approved case of two models: ada, ben and cleo approved."""
    room = registered()
    room.do("service", events.ModelRegistered("n", "Other", "1", "f" * 64, "binary", "olga", "high", text("use")), None)
    models = (MODEL, "f" * 64)
    room.do("service", events.CaseRegistered("pair", text("t"), text("q"), models, "olga", "", "", "high"), "pair")
    body = events.EvidenceFrozen(1, "0" * 64, EVIDENCE, "c" * 64, ())
    room.do("service", events.frozen(body), "pair")
    room.do("service", opening.draft(room.state, room.state.cases["pair"], time(room.day), None), "pair")
    bundle = room.state.cases["pair"].bundle
    for who in ("ada", "ben", "cleo"):
        room.do(who, events.ConflictDeclared(who, conflict=False), "pair")
        room.do(who, events.VoteCast("approve", bundle, 1, None, (), events.MEANINGS["approve"], text(who)), "pair")
    wording = decision.Wording(text("because"), text("loans"), time(room.day))
    room.do("service", decision.draft(room.state.cases["pair"], wording), "pair")
    return room


def test_an_alert_is_not_hidden_behind_one_about_another_model_of_the_case(tmp_path: Path) -> None:
    room = two_models()
    room.do("ben", events.MonitoringAlert("a1", MODEL, "person", "confirmed"), None)
    hidden = len(room.entries) - 1
    room.do("service", events.MonitoringAlert("b1", "f" * 64, "psi", "observed"), None)
    room.do("service", events.ExportMade("case", "pair", 5, RIGHT_ROOT, 1), "pair")
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    assert said_in(lines[-1])["previous"]["alert"] == [hidden, hidden + 1]
    honest = check(export_files(Source(tuple(lines), checkpoint(lines), "pair")), tmp_path)
    assert (honest["valid"], honest["cases"]) == (True, {"pair": "suspended"}), honest["reason"]
    refused(without(lines, hidden, "pair"), tmp_path, len(lines) - 1, "was left out")


def test_the_verdict_on_a_part_names_the_last_entry_that_shows_what_is_left_out(tmp_path: Path) -> None:
    room = approved()
    decided = len(room.entries) - 1
    room.do("ben", events.MonitoringAlert("a1", MODEL, "person", "confirmed"), None)
    room.join("zoe", ("auditor",))
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    answer = check(without(lines, decided + 1), tmp_path)
    assert answer["cases"] == {"credit": "approved"}, "nothing that is there shows that an alert suspended it"
    assert any(f"up to entry {decided}, the last of the case" in note for note in answer["not_checked"])
    told = f"entries {decided + 1} to {len(lines) - 1}: a later decision about this case, or an alert that suspends it"
    assert any(note.startswith(told) for note in answer["not_checked"])
