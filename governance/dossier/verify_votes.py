"""Counting votes, comparing ratios, and adding months: what the board's rules are worked out with."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import Any

if __package__:
    from governance.dossier.verify_fields import KINDS as FIELDS, need
else:  # beside this file, in an export
    from verify_fields import KINDS as FIELDS, need  # type: ignore[import-not-found,no-redef]

KINDS = ("approve", "approve_with_conditions", "reject", "abstain")
APPROVAL = ("approved", "conditional")
DECIDED = {*APPROVAL, "rejected", "deferred", "suspended"}
AGAINST = {"approved": KINDS[1:3], "conditional": KINDS[2:3], "rejected": KINDS[:2], "deferred": ()}
START_MONTHS = 3
MEANINGS = {
    "approve": "I have read the evidence with this digest and approve the use that the case describes.",
    "approve_with_conditions": "I have read the evidence with this digest and approve the use under my conditions.",
    "reject": "I have read the evidence with this digest and reject the use that the case describes.",
    "abstain": "I have read the evidence with this digest and abstain.",
}


def more_than(part: int, whole: int, majority: str) -> bool:
    """Say whether part / whole is strictly more than the ratio "a/b"."""
    above, below = map(int, majority.split("/"))
    return part * below > above * whole


def later(time: str, months: int) -> str:
    """Return the same time of day so many months later, on the last day of the month where the day does not exist."""
    year, month = divmod(int(time[:4]) * 12 + int(time[5:7]) - 1 + months, 12)
    day = min(int(time[8:10]), calendar.monthrange(year, month + 1)[1])
    return f"{year:04d}-{month + 1:02d}-{day:02d}{time[10:]}"


def days_later(time: str, days: int) -> str:
    """Return the same time of day so many days later."""
    return (datetime.fromisoformat(time) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_remedy(rule: str) -> bool:
    """Say whether an alert that was acted upon names what was done."""
    name, _, more = rule.partition(" ")
    if name in ("ignore_until", "roll_back"):
        return bool(FIELDS["time" if name == "ignore_until" else "digest"](more))
    return rule in ("recalibrate", "retrain", "stop")


def named(name: str, digest: str) -> dict[str, Any]:
    """Return an artefact as the subject of a statement lists it."""
    return {"name": name, "digest": {"sha256": digest}}


def could_decide(roles: dict[str, list[str]], recused: list[str], tier: Any) -> bool:
    """Say whether those on a roster who are not recused are enough for the quorum and hold each required role."""
    free = {who: held for who, held in roles.items() if who not in recused}
    there = {role for held in free.values() for role in held}
    return len(free) >= tier["quorum"] and there >= set(tier["required_roles"])


def may_vote(c: Any, who: str) -> bool:
    """Say whether somebody has a seat in the case's open round and has not stepped aside."""
    return who in c.roles and who not in c.interested and not c.conflicts.get(who)


def in_force(c: Any) -> list[tuple[int, str, Any]]:
    """Return (index, member, vote) of the votes that count, in order."""
    return sorted((at, who, vote) for who, (at, vote) in c.votes.items() if may_vote(c, who))


def enough(c: Any) -> bool:
    """Say whether the quorum and the required roles have voted."""
    votes = in_force(c)
    held = {role for _, who, vote in votes if vote["vote"] != "abstain" for role in c.roles[who]}
    return len(votes) >= c.review["quorum"] and held >= set(c.review["required_roles"])


def end_of(c: Any) -> str:
    """Return when what was decided ends: by itself, or with the first waiver that it rests on."""
    end: str = c.decision["expires_at"]
    return min(end, c.waived or end)


def outcome_of(count: dict[str, int], majority: str) -> str:
    """Return the only outcome that a tally allows; no approval rests on fewer than two people."""
    approvals = count["approve"] + count["approve_with_conditions"]
    cast = approvals + count["reject"]
    if count["approve"] >= 2 and more_than(count["approve"], cast, majority):
        return "approved"
    if approvals >= 2 and more_than(approvals, cast, majority):
        return "conditional"
    return "rejected" if more_than(count["reject"], cast, majority) else "deferred"


def use_once(c: Any, *names: str) -> None:
    """Refuse ids that the case has used before, or that stand twice; then they are used."""
    need(len(set(names)) == len(names) and not c.used & set(names), f"an id is used twice: {', '.join(names)}")
    c.used |= set(names)


def within(c: Any, e: Any, b: Any) -> None:
    """Refuse a ruling that extends what the decision, a waiver or a condition has ended."""
    if b["outcome"] not in APPROVAL:
        return
    waiting = [item for item in c.conditions.values() if not item["accepted"]]
    need(e["time"] < end_of(c), "what was decided has ended, or a waiver that it rests on")
    need(all(item["due"] >= e["time"] for item in waiting), "a condition is past its day")
    stopped = any(item["blocking"] for item in waiting)
    need(stopped == (b["outcome"] == "conditional"), "the ruling and the open blocking conditions do not fit")


def check_lasting(c: Any, e: Any, b: Any) -> None:
    """Refuse a decision that begins too early or too late, lasts too long, or is kept too short."""
    soon = e["time"] <= b["valid_from"] <= later(e["time"], START_MONTHS)
    need(soon, f"it begins before the decision, or more than {START_MONTHS} months after it")
    end = later(b["valid_from"], c.tier["validity_months"])
    keep = later(b["valid_from"], 12 * c.tier["retention_years"])
    if c.waived and b["outcome"] in APPROVAL:
        need(c.waived > e["time"], "a waiver that the approval rests on has ended")
        end = min(end, c.waived)
    lasts = b["valid_from"] < b["expires_at"] <= end and b["retention_until"] >= keep
    need(lasts, "it lasts longer than the charter allows, or is not kept as long as it asks")
