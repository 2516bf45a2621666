"""Norms that the board signs, and alerts about models: the part of the rules that says what an accusation rests on.

`board` is what the entries add up to (verify_rules.py), `e` an entry's predicate, `b` its body. Written from docs/record-format.md.
"""

from __future__ import annotations

from typing import Any

if __package__:
    from governance.dossier.verify_fields import Refused, need, read_file
    from governance.dossier.verify_votes import APPROVAL, is_remedy
else:  # beside this file, in an export
    from verify_fields import Refused, need, read_file  # type: ignore[import-not-found,no-redef]
    from verify_votes import APPROVAL, is_remedy  # type: ignore[import-not-found,no-redef]


def signing(board: Any, e: Any, b: Any) -> None:
    """Sign norms; they are in force once more than half of the board has signed the same ones."""
    need(e["actor"] in board.board(), f"{e['actor']} is not on the board")
    need((b["supersedes"] or "") == board.norms, "the norms do not take the place of those in force")
    need(b["digest"] != board.norms, "these norms are in force already")
    signed = board.for_norms.setdefault(b["digest"], set())
    signed.add(e["actor"])
    if 2 * len(signed & set(board.board())) > len(board.board()):
        board.norms = b["digest"]
        board.for_norms = {}


FOLLOWS = {
    "impact_estimated": ("observed", "impact_estimated", "overridden"),
    "confirmed": ("observed", "impact_estimated", "overridden"),
    "overridden": ("observed", "impact_estimated"),
    "acted": ("confirmed",),
}
"""State of an alert -> states after which it comes."""


def standing(board: Any, e: Any, b: Any) -> None:
    """Keep how an alert stands, or refuse a step that does not follow; `alerts` is id -> (model, state, silent until)."""
    model, state, until = board.alerts.get(b["alert"], (b["model"], "observed", ""))
    need(model == b["model"], "the alert of that name is about another model")
    if b["state"] != "observed":
        need(state in FOLLOWS[b["state"]], f"an alert that stands as {state} does not become {b['state']}")
        silent = b["state"] == "acted" and b["rule"].startswith("ignore_until ")
        state, until = b["state"], b["rule"].removeprefix("ignore_until ") if silent else ""
    elif state in ("overridden", "acted") and until <= e["time"]:
        state, until = "observed", ""
    board.alerts[b["alert"]] = (model, state, until)


def alerting(board: Any, e: Any, b: Any) -> None:
    """Note an alert about a registered model; who accuses it of breaking a norm names the evidence."""
    alone = e["actor"] == "service"
    need(b["model"] in board.models, "the alert is about a model that is not registered")
    need(not alone or b["state"] not in ("overridden", "acted"), "an alert is put aside, or acted upon, by nobody")
    need(b["state"] != "acted" or is_remedy(b["rule"]), "what was done is no remedy")
    standing(board, e, b)
    known = board.evidence.get(b["evidence"], {})
    rests = (known.get("model"), known.get("outcome")) == (b["model"], "assessed")
    says = b["state"] in ("observed", "impact_estimated", "confirmed")
    if board.norms and says and b["rule"].startswith("norm:"):
        proven = rests and known["method"] == "fairness.norms"
        need(proven, "the alert accuses a model of breaking a norm without evidence of it")
        board.accusing.append((e["index"], b["evidence"], board.norms))
    if alone and b["state"] == "confirmed":
        need(rests, "the service confirms the alert without evidence of it about its model")
        if b["rule"] == "served":
            need(known["method"] == "serving.attest", "the alert says what a server answers without evidence of it")
            board.differing.append((e["index"], b["evidence"], board.answered[b["evidence"]]))
    for c in board.cases.values():
        if b["state"] == "confirmed" and b["model"] in c.body["models"] and c.status in APPROVAL:
            c.status = "suspended"
            if e["actor"] == "service":
                board.suspending.append((e["index"], b["rule"], c.policy))


WATCHING = {"norms.adopted": signing, "monitoring.alert": alerting}


def part(value: Any, index: int, *names: str) -> Any:
    """Return what stands in evidence under names one inside the other; evidence that lacks it is refused at its entry."""
    for name in names:
        if type(value) is not dict or name not in value:
            raise Refused(f"the evidence has no {'.'.join(names)}", index)
        value = value[name]
    return value


def check_norms(inside: Any, accusing: list[tuple[int, str, str]]) -> None:
    """Refuse an accusation whose evidence was computed under other norms than those in force at its entry."""
    for index, digest, norms in accusing:
        if f"evidence/{digest}" in inside:
            under = part(read_file(inside, digest, index), index, "key", "parameters", "norms")
            need(under == norms, "the alert rests on other norms than those in force", index)


def check_served(inside: Any, differing: list[tuple[int, str, set[str]]]) -> None:
    """Refuse a confirmation that a server answers otherwise, whose evidence does not say so of rows that were named before.

    `differing` is (index, evidence, challenges named before it was recorded) of every such alert.
    """
    for index, digest, asked in differing:
        if f"evidence/{digest}" in inside:
            value = read_file(inside, digest, index)
            outcome = part(value, index, "result", "outcome")
            need(outcome == "different", "the evidence does not say that a server differs", index)
            rows = {item["digest"] for item in part(value, index, "key", "inputs") if item["role"] == "challenge"}
            need(rows <= asked, "the evidence is about rows that were not named before", index)


def check_automatic(inside: Any, suspending: list[tuple[int, str, str]], notes: list[str]) -> None:
    """Refuse a confirmation by the service alone that a policy of a suspended case does not name; note where the policy is not here.

    `suspending` is (index, rule of the alert, policy of a case that it suspended) of every alert that the service confirmed. That a
    server gives other answers than the approved file, the rule `served`, needs no leave: it is a comparison and rests on evidence.
    """
    for index, rule, digest in suspending:
        if rule == "served":
            continue
        if f"evidence/{digest}" not in inside:
            notes.append(
                f"entry {index}: that policy {digest[:16]} lets the service confirm this alert by itself is its word"
            )
            continue
        policy = read_file(inside, digest, index)
        named = policy.get("automatic", []) if type(policy) is dict else []
        allowed = type(named) is list and rule in named
        need(allowed, "the service confirmed the alert, and the policy names no such automatic rule", index)
