"""A room in which nearly every kind of entry stands, and its export with evidence, policy and texts: much to search through."""

from __future__ import annotations

from governance.dossier.bundle import DisclosedText
from governance.review import events
from tests.dossier.ledger import RIGHT_ROOT, Book, key_added, lines_of, predicate, signer_of
from tests.dossier.test_deployments import begun, deployed, gone
from tests.dossier.test_gate import judged
from tests.dossier.test_norms import FIRST, alert, audited, recorded, sign
from tests.review.board import MODEL, Room, condition, text

SALT = b"salt" * 4
WORDS = ("because", "loans", "reason of cleo", "condition ben-1", "t", "q")


def everything() -> tuple[Room, Book]:
    """Return a room with votes, conditions, comments, norms, alerts, deployments, an appeal and keys that end, and its ledger."""
    room, evidence = judged()
    sign(room, "ada", "ben", "cleo")
    room.open()
    room.do("dan", events.CommentAdded("c-1", "fairness", blocking=True, reply_to=None, text=text("look")))
    room.do("dan", events.CommentResolved("c-1", text("seen")))
    room.vote("ada")
    room.vote("ben", "approve_with_conditions", condition("ben-1"))
    room.vote("cleo", "reject")
    room.decide()
    room.do("olga", events.ConditionSubmitted("ben-1", "olga", (), text("done")))
    room.do("ada", events.ConditionAccepted("ben-1", "ada"))
    for body in (deployed(), begun(), deployed("counter"), gone("counter")):
        room.do("service", body, None)
    found = audited(FIRST)
    recorded(room, found).do("service", alert(found.digest), None)
    room.do("ada", events.MonitoringAlert("m-1", MODEL, "member", "confirmed", None, text("seen")), None)
    room.do("service", events.CorrectionNoted(0, text("x")), None)
    room.do("service", events.ExportMade("ledger", None, len(room.entries), RIGHT_ROOT, 3), None)
    room.do("service", events.KeyRevoked(key_added("dan", "dan", "member").keyid, text("lost")), None)
    room.do("service", events.MemberRemoved("dan", text("left")), None)
    lines = lines_of([(predicate(entry), signer_of(entry)) for entry in room.entries])
    texts = {text(words).sha256: DisclosedText(SALT, words) for words in WORDS}
    return room, Book(lines, texts, evidence | {found.digest: found.to_bytes()})
