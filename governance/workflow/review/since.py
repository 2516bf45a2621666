"""What changed since the evidence of a case was frozen: alerts, newer results, newer data, and what ends soon.

A member votes on the frozen evidence. What the workspace has learnt meanwhile is not part of it, and nobody should sign without having
seen it: `review.vote` asks up to which entry of the ledger the member has read (`seen`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from governance.evidence import RuleError
from governance.language import Language, Voice, mark
from governance.review import Case
from governance.runs import title_of
from governance.workflow.monitoring import alerts, watch
from governance.workflow.workspace import now, state
from storage import Views, Workspace
from storage.times import rfc3339

Kind = Literal["harm", "alert", "evidence", "data", "waiver"]
ALERTS: Final = {
    "observed": mark("Something moved in {window}: nobody has said whether it matters."),
    "impact_estimated": mark("The model is expected to do worse on {window}: nobody has confirmed it or put it aside."),
    "confirmed": mark("Harm is confirmed on {window}: every approval of the model is suspended."),
    "acted": mark("Harm was confirmed on {window}, and something was done about it."),
}
"""State of an alert that a voter has to know of -> how it reads. One that was put aside is not told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is newer than the frozen evidence, or that stands against the model now."""

    kind: Kind
    text: str
    """The sentence as the catalogue has it, with names in braces."""
    values: Mapping[str, str]
    """Name in braces -> what stands for it, as it is: names of data are not escaped, numbers and days in English."""
    index: int
    """Entry of the ledger that tells it; -1 for what only time caused."""
    time: str
    """RFC 3339."""
    model: str = ""
    """Digest of the model that it is about, "" for none."""
    data: str = ""
    """Digest of the data that it is about, "" for none."""
    method: str = ""
    """Method of newer evidence, "" for none."""

    @property
    def words(self) -> str:
        """The sentence in English."""
        return told(self, "en")


def told(change: Change, language: Language) -> str:
    """Return the sentence of a change in a language; names of data are in it as they are, not escaped."""
    voice = Voice(language)
    ways = {"rows": voice.figures, "day": voice.day, "method": voice.say, "window": voice.say}
    values = {name: ways.get(name, str)(text) for name, text in change.values.items()}
    return voice.say(change.text, **values)


def since(workspace: Workspace, case: str) -> tuple[Change, ...]:
    """Return what changed, the gravest kind first and the newest first within a kind; nothing before evidence is frozen.

    Raises:
        RuleError: there is no such case.
    """
    found = state(workspace).case(case)
    views = workspace.read()
    file = views.case(case)
    if found.frozen is None or file is None or file.frozen is None:
        return ()
    at = file.frozen.index
    changes = [
        *(item for model in found.body.models for item in alerts_of(workspace, model)),
        *_evidence(views, found, at),
        *_data(workspace, views, found, at),
        *_waivers(found),
    ]
    return tuple(sorted(changes, key=lambda item: (_ORDER.index(item.kind), -item.index)))


_ORDER: Final[tuple[Kind, ...]] = ("harm", "alert", "waiver", "evidence", "data")


def require_seen(workspace: Workspace, case: str, seen: int) -> None:
    """Raise RuleError when something changed since the freeze that stands in the ledger after the entry `seen`."""
    new = [item for item in since(workspace, case) if item.index > seen]
    if new:
        raise RuleError(
            f"Since the evidence was frozen, {len(new)} {'thing' if len(new) == 1 else 'things'} changed that you have not "
            f"read, up to entry {max(item.index for item in new)}: {new[0].words}",
            "Read them on the case's page, or by `countersign case show`, and vote then.",
        )


def alerts_of(workspace: Workspace, model: str) -> tuple[Change, ...]:
    """Return the alerts that stand against a model, whether or not it has a case."""
    last = {step.alert: step for step in alerts.history(workspace, model)}
    if not last:
        return ()
    names = {item.digest: item.name for item in workspace.read().datasets()}
    windows = {alerts.name_of(model, digest): digest for digest in names}
    return tuple(
        Change(
            kind="harm" if step.state == "confirmed" else "alert",
            text=ALERTS[step.state],
            values={"window": f"“{names[digest]}”" if digest else mark("a window")},
            index=step.index,
            time=step.time,
            model=model,
            data=digest,
        )
        for step in last.values()
        if step.state in ALERTS
        for digest in (windows.get(step.alert, ""),)
    )


def _evidence(views: Views, case: Case, at: int) -> Iterator[Change]:
    """Yield results of the frozen methods about the same models that were recorded later and are not frozen."""
    frozen = {item.digest for item in case.frozen.evidence} if case.frozen else set()
    methods = {item.method for item in case.frozen.evidence} if case.frozen else set()
    names = {item.digest: item.name for item in views.datasets()}
    for model in case.body.models:
        for item in views.all_evidence(model=model):
            if item.index > at and item.method in methods and item.digest not in frozen:
                about = ", ".join(f"“{names[digest]}”" for digest in item.data if digest in names)
                yield Change(
                    kind="evidence",
                    text=mark("A newer result of “{method}”, on {data}.")
                    if about
                    else mark("A newer result of “{method}”."),
                    values={"method": title_of(item.method), **({"data": about} if about else {})},
                    index=item.index,
                    time=item.time,
                    model=model,
                    data=item.data[0] if item.data else "",
                    method=item.method,
                )


def _data(workspace: Workspace, views: Views, case: Case, at: int) -> Iterator[Change]:
    newer = [item for item in views.datasets() if item.index > at]
    for model in case.body.models if newer else ():
        for item in watch.windows(workspace, model):
            if item.index > at:
                yield Change(
                    kind="data",
                    text=mark("Newer data were registered: “{data}”, {rows} rows."),
                    values={"data": item.name, "rows": f"{item.rows:,}"},
                    index=item.index,
                    time=item.time,
                    model=model,
                    data=item.digest,
                )


def _waivers(case: Case) -> Iterator[Change]:
    at = rfc3339(now())
    for item in case.frozen.waivers if case.frozen else ():
        if item.expires <= at:
            values = {"requirement": item.id, "day": item.expires}
            yield Change("waiver", mark("The waiver of “{requirement}” ended on {day}."), values, -1, item.expires)
