"""What is told outside about an alert: one JSON document in a DSSE envelope that the record key signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from governance.drift import Action
from governance.evidence import JsonValue, NotAssessed, RefusedInputError, canonical, encode
from governance.workflow.monitoring import alerts
from governance.workflow.monitoring.watch import Watched
from governance.workflow.workspace import Choice
from storage import Workspace
from storage.ledger import Signer, pae
from storage.ledger.canonical import encode_base64

PAYLOAD_TYPE: Final = "application/vnd.countersign.alert+json"
LONGEST: Final = 100
"""Longest name of a file or model in a notice, characters."""
_COSTS: Final = {"if_not": "If nothing is done", "if_done": "If it is done"}


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert in the words that leave the house."""

    subject: str
    """One line without control characters."""
    text: str
    """The same for people, several lines."""
    payload: bytes
    """The canonical JSON document (RFC 8785), without numbers that are not whole."""
    envelope: bytes
    """DSSE v1 envelope around the payload: base64 of payload and signature, `keyid`, `payloadType`."""


def about(workspace: Workspace, choice: Choice, found: Watched) -> Notice:
    """Return the signed notice of where the alert of a window stands.

    Raises:
        RefusedInputError: the window gave no reason for an alert.
        CountersignError: the record key is not live, or cannot be read.
    """
    name = alerts.name_of(choice.model, choice.data)
    steps = [item for item in alerts.history(workspace, choice.model) if item.alert == name]
    if found.alert is None or not steps:
        raise RefusedInputError("There is no alert to tell of.", "Tell of windows that gave reason for one.")
    story = _Story(workspace, choice, found, tuple(steps))
    payload = canonical(_document(story))
    signed = sealed(payload, workspace.record_signer())
    return Notice(f"{story.model}: alert {story.state}", _words(story), payload, signed)


@dataclass(frozen=True, slots=True)
class _Story:
    workspace: Workspace
    choice: Choice
    found: Watched
    steps: tuple[alerts.Noted, ...]

    @property
    def model(self) -> str:
        item = self.workspace.read().model(self.choice.model)
        return _line(f"{item.name} {item.version}") if item else ""

    @property
    def state(self) -> str:
        return self.steps[-1].state.replace("_", " ")

    def data(self, digest: str) -> str:
        item = self.workspace.read().dataset(digest)
        return _line(item.name) if item else ""


def _document(story: _Story) -> JsonValue:
    choice, report = story.choice, story.found.report
    return {
        "format": "countersign-alert/1",
        "origin": story.workspace.origin,
        "alert": story.steps[0].alert,
        "state": story.steps[-1].state,
        "open": story.found.open,
        "time": story.steps[-1].time,
        "model": {"name": story.model, "digest": choice.model},
        "window": {"name": story.data(choice.data), "digest": choice.data, "rows": report.n_current},
        "reference": {"name": story.data(choice.reference), "digest": choice.reference},
        "evidence": list(story.found.evidence),
        "recommendation": report.action.recommendation,
        "reason": report.action.reason,
        "costs": _costs(report.action),
        "not_known": list(report.action.unknown),
        "steps": [encode(item) for item in story.steps],
    }


def _words(story: _Story) -> str:
    report = story.found.report
    action, entries = report.action, ", ".join(str(item.index) for item in story.steps)
    return "\n".join([
        f"Model: {story.model}",
        f"Window: {story.data(story.choice.data)}, {report.n_current:,} rows",
        f"Alert: {story.state}",
        *[f"- {item.time} {item.state.replace('_', ' ')}: {_line(item.reason, 1000)}" for item in story.steps],
        f"Recommended: {action.recommendation.replace('_', ' ')}. {_line(action.reason, 1000)}",
        *[f"{_COSTS[name]}: {_line(said, 1000)}" for name, said in _costs(action).items()],
        *[f"Not known: {_line(item, 1000)}" for item in action.unknown],
        f"A recommendation, not a decision. Evidence and steps: ledger {story.workspace.origin}, entries {entries}.",
    ])  # fmt: skip


def _costs(action: Action) -> dict[str, str]:
    """Return what not acting and acting cost, in words; empty when it is not known."""
    stakes = action.stakes
    return {} if isinstance(stakes, NotAssessed) else {"if_not": stakes.if_not, "if_done": stakes.if_done}


def sealed(payload: bytes, signer: Signer) -> bytes:
    """Return a DSSE v1 envelope: ECDSA P-256 with SHA-256 (ASN.1 DER) over the pre-authentication encoding of the payload."""
    signature = {"keyid": signer.keyid, "sig": encode_base64(signer.sign(pae(PAYLOAD_TYPE, payload)))}
    return canonical({"payload": encode_base64(payload), "payloadType": PAYLOAD_TYPE, "signatures": [signature]})


def _line(text: str, limit: int = LONGEST) -> str:
    """Return words from a file on one line: no control characters, no line breaks that could begin another header."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"
