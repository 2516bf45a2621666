"""`countersign segments`: on which rows a model errs more than on the others, on plain files."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import print_json, say
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, encode
from governance.performance import SegmentsReport, segment_words
from governance.runs import Task


def segments(
    model: ModelArgument,
    data: TableArgument,
    roles: SchemaOptions,
    kept: KeptOptions,
    names: NamesOptions,
    most: Annotated[int, typer.Option(min=1, max=50, help="Finds of each half at most.")] = 5,
    min_rows: Annotated[int, typer.Option(min=10, help="Fewest rows of a segment in the half that is searched.")] = 30,
    depth: Annotated[int, typer.Option(min=1, max=8, help="Splits of the error tree on one way.")] = 3,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Find the rows on which a model errs more: looked for in one half, judged on the other, corrected for the number of finds."""
    kept.check()
    check_files(data, model)
    asked = data_file(data, roles.read(), cohort)
    columns, classes = names.read()
    task = Task(
        method="performance.segments",
        data=asked,
        model=model_file(model, columns, asked, classes=classes),
        parameters={"most": most, "min_rows": min_rows, "depth": depth},
        seed=seed,
    )
    evidence = evidence_of(task, kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    result = evidence.read(SegmentsReport)
    print_json({**about(evidence), **_document(result)}) if json else _say(result)


def _document(result: SegmentsReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(result, NotAssessed):
        return {"segments": [], "tree": [], **encode(result)}
    whole = encode(result)
    return {name: whole[name] for name in whole if name != "rows"}


def _say(result: SegmentsReport | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(segment_words.lead(result))
    for item in result.segments:
        ends = segment_words.ends(result, item.difference_low, item.difference_high)
        above = segment_words.amount(result, item.difference)
        said = f"{above} above the rest ({ends}), {item.rows:,} rows"
        say(f"{segment_words.verdict(result, item):17} {item.cohort}: {said}")
    say("Error tree:")
    levels = {-1: -1}
    for node in result.tree:
        levels[node.id] = levels[node.parent] + 1
        say(f"{'  ' * levels[node.id]}{node.test or 'all rows'}: {segment_words.of_node(result, node)}")
    for left in result.left_out:
        say(f"not searched: {left.column}, {left.reason}")
