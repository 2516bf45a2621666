"""Commands about norms: print a template, sign norms as a member, list and show them, and check a file without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from governance.cli.inputs import check_file, naming, text_of
from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.passphrase import passphrase
from governance.evidence import JsonValue, encode
from governance.fairness import NormReport, NormSet, norms as room
from governance.workflow.monitoring import norms as verbs
from governance.workflow.workspace import current_workspace

NormsArgument = Annotated[Path, typer.Argument(help="Norms as TOML, as `countersign norms template` prints them.")]


def norms_template(
    name: Annotated[str, typer.Argument(help="Which one; --list names them.")] = "four-fifths",
    listed: Annotated[bool, typer.Option("--list", help="List the templates instead.")] = False,
    json: JsonOption = False,
) -> None:
    """Print norms to start from: save them, change them, then `countersign norms adopt` for each member."""
    if listed:
        if json:
            print_json({"templates": dict(room.norm.TEMPLATES)})
            return
        for key, words in room.norm.TEMPLATES.items():
            say(f"{key:18} {words}")
        return
    text = room.norm.template(name)
    print_json(encode(room.norm.from_toml(text))) if json else say(text.rstrip("\n"))


def norms_adopt(
    file: NormsArgument,
    actor: ActorOption,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Sign norms as one member; they are in force once more than half of the board signed the same ones."""
    found = _read(file)
    place = current_workspace.current(workspace)
    held = verbs.adopt(place, found, reason, member=actor, passphrase=passphrase(actor, passphrase_file))
    told = f"Signed {found.digest[:16]}. They are {'in force' if held else 'not in force yet'}."
    print_json({"digest": found.digest, "in_force": held}) if json else say(told)


def norms_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List all norms that somebody signed, the latest last."""
    found = verbs.history(current_workspace.current(workspace))
    if json:
        print_json({"signed": [_signed(item) for item in found]})
        return
    if not found:
        say("No norms: print some with `countersign norms template`, and sign them with `countersign norms adopt`.")
    for item in found:
        force = "in force" if item.in_force else ""
        say(f"{item.digest[:16]} {item.time} {', '.join(item.signers):24} {force:9} {item.norms.title}")


def norms_show(
    digest: Annotated[str, typer.Argument(help="Digest, or its beginning; those in force when left out.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Show norms: what each asks, who signed, and whether they are in force."""
    found = verbs.named(current_workspace.current(workspace), digest)
    if json:
        print_json({**_signed(found), **encode(found.norms)})
        return
    force = "in force" if found.in_force else "not in force"
    say(f"{found.norms.title} ({found.digest[:16]}), {force}, signed by {', '.join(found.signers)}: {found.text}")
    _say_norms(found.norms)


def norms_check(
    file: NormsArgument,
    tallies: Annotated[
        Path | None,
        typer.Option(
            help="Table of counts: window, decision, rows, a column for each attribute; label and score if any."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a norms file and, with a table of counts, say since when each norm is broken: an outlook; ends with 1 on a breach."""
    found = _read(file)
    if tallies is None:
        if json:
            print_json({"valid": True, "digest": found.digest, **encode(found)})
        else:
            say(f"{found.title}: {len(found.norms)} norms, digest {found.digest[:16]}.")
            _say_norms(found)
        return
    report = _outlook(found, tallies)
    print_json(encode(report)) if json else say_report(report)
    raise typer.Exit(NOT_SATISFIED if report.in_breach else DONE)


def _read(file: Path) -> NormSet:
    with naming(file, "norms"):
        return room.norm.from_toml(text_of(file))


def _outlook(found: NormSet, tallies: Path) -> NormReport:
    from governance.data import open_dataset
    from governance.fairness import audit, windows_of
    from governance.subject import Schema

    check_file(tallies)
    with naming(tallies, "counts"):
        return audit(windows_of(open_dataset(tallies, Schema()).frame()), found, outlook=True)


def _signed(item: verbs.Adopted) -> dict[str, JsonValue]:
    return {
        "digest": item.digest, "title": item.norms.title, "index": item.index, "time": item.time,
        "signers": list(item.signers), "in_force": item.in_force, "text": item.text,
    }  # fmt: skip


def _say_norms(found: NormSet) -> None:
    for item in found.norms:
        say(f"  {item.id}: {room.words.demand(item)}" + (f" {item.why}" if item.why else ""))
    say(f"  {room.words.promise(found.level, outlook=False)}")


def say_report(report: NormReport) -> None:
    """Print an audit for people: the sentence, each norm, what is not counted, and what is promised."""
    say(room.words.lead(report))
    for item in report.norms:
        say(f"{item.id:32} {room.words.STATES[item.state]}" + (f": {item.reason}" if item.reason else ""))
        for one in item.accused:
            say(f"  {room.words.breach(item, one)}")
        if item.too_small:
            say(f"  too small to judge: {', '.join(item.too_small)}")
    for number, window in enumerate(report.windows, start=1):
        if window.note:
            say(f"window {number} ({window.data[:16]}): {window.note}")
    for notice in report.notices:
        say(f"note: {notice}")
    say(report.promise)
