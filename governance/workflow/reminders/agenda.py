"""What a member is reminded of: their duties, alerts that nobody has settled, and what ends soon in the cases that are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from governance.evidence import Escape
from governance.language import Voice, mark, speaking
from governance.review import BoardState, deadlines, docket_words, waiting
from governance.workflow.monitoring import alerts
from governance.workflow.workspace import state
from storage import Views, Workspace

SOON: Final = timedelta(days=14)
"""What ends later than this is not in a digest; the calendar has all of it."""
OPEN: Final = {
    "observed": mark("Something moved in {window} for {model}: does it matter?"),
    "impact_estimated": mark("{model} is expected to do worse on {window}: nobody has confirmed it or put it aside"),
    "confirmed": mark("Harm of {model} on {window} is confirmed: what is done about it?"),
}
"""State of an alert that asks for somebody -> what it asks."""
LONGEST: Final = 100
"""Characters of a title or a name in a reminder."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line."""

    kind: Literal["duty", "end", "alert"]
    key: str
    """What it is about, the same on every day: an alert that was told once is told again only with another state."""
    words: str
    """In the language of the voice; titles and names on one line, cut where they are long."""
    due: str = ""
    """RFC 3339, "" for none."""
    late: bool = False
    case: str = ""
    """Id of the case, "" for none."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a member is reminded of at one moment."""

    member: str
    at: str
    """RFC 3339."""
    items: tuple[Item, ...]
    """Duties, then alerts, then what ends."""

    def of(self, kind: Literal["duty", "end", "alert"]) -> tuple[Item, ...]:
        """Return the lines of one kind."""
        return tuple(item for item in self.items if item.kind == kind)


def agenda_of(
    workspace: Workspace, member: str, at: str, escape: Escape = str, *, ahead: timedelta | None = SOON
) -> Agenda:
    """Return what a member is reminded of; nothing for somebody who is none.

    Of a case no more is told than its title and what is due: no question, no comment, no vote, no words of a condition.

    Args:
        workspace: where.
        member: id.
        at: now, RFC 3339.
        escape: a voice says the sentences in its language.
        ahead: how far ahead what ends by itself is looked for, None for all of it.
    """
    board, views, voice = state(workspace), workspace.read(), speaking(escape)
    if member not in board.members:
        return Agenda(member, at, ())
    titles = {item.case: one_line(item.title.shown) for item in views.cases()}
    duties = tuple(
        Item(
            kind="duty",
            key=f"duty {item.kind} {item.case} {item.what}",
            words=docket_words.duty(item, voice(titles.get(item.case, item.case)), voice(one_line(item.what)), voice),
            due=item.due,
            late=item.late,
            case=item.case,
        )
        for item in waiting(board, member, at)
    )
    told = {(item.case, item.due) for item in duties if item.due}  # whose end is a duty of the member is told once
    until = "~" if ahead is None else f"{datetime.fromisoformat(at) + ahead:%Y-%m-%dT%H:%M:%SZ}"
    ends = tuple(
        Item(
            kind="end",
            key=f"end {item.kind} {item.case} {item.what}",
            words=docket_words.end(item, voice(titles.get(item.case, item.case)), voice),
            due=item.due,
            late=item.due < at,
            case=item.case,
        )
        for item in deadlines(board)
        if item.due <= until and (item.case, item.due) not in told and _concerns(board, item.case, member)
    )
    return Agenda(member, at, (*duties, *_alerts(workspace, views, voice), *ends))


def _concerns(board: BoardState, case: str, member: str) -> bool:
    """Return whether a case is a member's: they sit on the board, or are its owner, developer or sponsor."""
    return member in board.board or member in board.cases[case].interested


def _alerts(workspace: Workspace, views: Views, voice: Voice) -> tuple[Item, ...]:
    """Return the alerts that nobody has settled, as they stand now."""
    last = {step.alert: step for step in alerts.history(workspace)}
    data = {item.digest: item.name for item in views.datasets()}
    found = []
    for step in last.values():
        model = views.model(step.model)
        if step.state not in OPEN or model is None:
            continue
        name = next((data[item] for item in data if alerts.name_of(step.model, item) == step.alert), "")
        words = voice.say(
            OPEN[step.state],
            window=voice(one_line(name)) if name else voice.say("a window"),
            model=voice(one_line(f"{model.name} {model.version}")),
        )
        found.append(Item(kind="alert", key=f"alert {step.alert} {step.state} {step.index}", words=words))
    return tuple(found)


def one_line(text: str, limit: int = LONGEST) -> str:
    """Return words from a file on one line: no control or direction marks, no line break that could begin another header."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words if len(words) <= limit else words[: limit - 1] + "…"
