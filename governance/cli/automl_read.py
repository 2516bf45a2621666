"""`countersign automl read`: the models of a search that was run elsewhere, held against norms on people that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli.documents import about
from governance.cli.inputs import check_files, columns_of, data_file, naming, text_of
from governance.cli.options import JsonOption
from governance.cli.output import DONE, NOT_SATISFIED, print_json, say
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import RecordOption, evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, RefusedInputError, encode
from governance.fairness import FinishedReport, leaderboard, norms as room
from governance.runs import Task

WORDS: Final = {"kept": "keeps them", "violated": "breaks them", "cannot_tell": "cannot tell"}
SHOWN: Final = 50
"""Models that standard output lists; JSON has all."""


def automl_read(
    log: Annotated[Path, typer.Argument(help="Leaderboard or log of the search.")],
    kind: Annotated[str, typer.Option(help="Who wrote it: flaml, optuna, autogluon, mljar or csv.")],
    predictions: Annotated[
        Path,
        typer.Option(help="CSV or Parquet: one row for each person, a column of scores for each model by its name."),
    ],
    norms: Annotated[Path, typer.Option(help="Norms as TOML; those about decisions are kept.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    workspace: RecordOption = None,
    json: JsonOption = False,
) -> None:
    """Audit every model of a finished search, with a correction for their number; ends with 1 when no model is known to keep the norms.

    The rows should be people whom the search has not seen: those it chose on flatter it.
    """
    with naming(norms, "norms"):
        asked = room.norm.from_toml(text_of(norms))
    with naming(log, "leaderboard"):
        entries = leaderboard.read(text_of(log), kind)
    check_files(predictions)
    table = how.table(predictions)
    held = set(columns_of(table))
    own = {item.name: item.own for item in entries}
    columns = [name for name in own if name in held]
    absent = [name for name in own if name not in held]
    if not columns:
        raise RefusedInputError(
            f"None of the {len(own):,} models of {str(log)!r}, such as {next(iter(own))[:60]!r}, is a column of {str(predictions)!r}.",
            "Write the scores of each model into a column of its name.",
        )
    task = Task(
        method="fairness.finished",
        data=data_file(table, roles.read()),
        parameters={"norms": encode(asked), "columns": columns},
    )
    evidence = evidence_of(task, workspace)
    report = evidence.read(FinishedReport)
    if isinstance(report, NotAssessed):
        raise RefusedInputError(report.reason, "Give rows with labels.")
    if json:
        value = encode(report)
        value["models"] = [{**item, "own_score": own[item["name"]]} for item in value["models"]]
        print_json({**about(evidence), **value, "without_answers": list[JsonValue](absent)})
    else:
        _say(report, own, absent)
    raise typer.Exit(DONE if any(item.verdict == "kept" for item in report.models) else NOT_SATISFIED)


def _say(report: FinishedReport, own: dict[str, str], absent: list[str]) -> None:
    count = {word: sum(item.verdict == word for item in report.models) for word in WORDS}
    say(
        f"{len(report.models)} models: {count['kept']} keep the norms, {count['violated']} break them, of {count['cannot_tell']} nobody "
        f"can tell. The chance that any of this is wrong is at most {report.alpha:g}."
    )
    for item in report.models[:SHOWN]:
        right = "" if item.accuracy is None else f"accuracy {item.accuracy:.4f}, "
        said = f"its search said {own[item.name]}, " if own[item.name] else ""
        bounds = f"strain {item.strain:.2f} (between {item.lower:.2f} and {item.upper:.2f}), {item.worst}"
        say(f"  {item.name}: {WORDS[item.verdict]}; {said}{right}{item.reason or bounds}")
    if len(report.models) > SHOWN:
        say(f"  ... and {len(report.models) - SHOWN} more; --json lists all.")
    if absent:
        say(f"note: {len(absent)} models have no column of answers: {', '.join(absent[:10])}.")
    for notice in report.notices:
        say(f"note: {notice}")
