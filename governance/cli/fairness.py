"""`countersign fairness`: groups of people compared on plain files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.documents import about
from governance.cli.evidence_file import KeptOptions, write_evidence
from governance.cli.inputs import check_files, data_file, model_file
from governance.cli.models import NamesOptions
from governance.cli.options import CohortOption, JsonOption, ModelOption, SeedOption, TableArgument
from governance.cli.output import print_json, say
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import evidence_of
from governance.cli.schema_options import SchemaOptions
from governance.evidence import JsonValue, NotAssessed, encode
from governance.fairness import FairnessReport, GroupResult, Unknown
from governance.runs import Task
from governance.statistics import spoken

if TYPE_CHECKING:
    from governance.fairness import Disparity


class GroupCorrection(StrEnum):
    """How several comparisons at once are corrected."""

    holm = "holm"
    bh = "bh"
    none = "none"


@dataclass(frozen=True, slots=True)
class JudgingOptions:
    """When a group is judged, and with what certainty."""

    min_rows: Annotated[int, typer.Option("--min-rows", min=1, help="A group with fewer rows is not judged.")] = 30
    min_outcomes: Annotated[
        int, typer.Option("--min-outcomes", min=1, help="Fewest rows of each outcome that a metric needs.")
    ] = 10
    correction: Annotated[
        GroupCorrection, typer.Option("--correction", help="holm bounds the chance of any false alarm, bh their share.")
    ] = GroupCorrection.holm
    draws: Annotated[
        int, typer.Option("--draws", min=0, max=1_000_000, help="Bootstrap draws of the counts; 0 for none.")
    ] = 10_000

    def limits(self) -> dict[str, JsonValue]:
        """Return the limits as parameters of the method."""
        return {
            "min_rows": self.min_rows,
            "min_outcomes": self.min_outcomes,
            "correction": self.correction.value,
            "draws": self.draws,
        }


def fairness(
    data: TableArgument,
    roles: SchemaOptions,
    how: ReadingOptions,
    judging: JudgingOptions,
    kept: KeptOptions,
    names: NamesOptions,
    model: ModelOption = None,
    reference: Annotated[str, typer.Option(help="largest, best, overall, or attribute=value.")] = "largest",
    intersections: Annotated[int, typer.Option(min=1, max=10, help="How many attributes are combined at most.")] = 2,
    cohort: CohortOption = "",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Compare groups of people: metrics with intervals, disparities, and who cannot be judged."""
    kept.check()
    check_files(data, model)
    asked = data_file(how.table(data), roles.read(), cohort)
    columns, classes = names.read()
    task = Task(
        method="fairness.by_group",
        data=asked,
        model=model_file(model, columns, asked, classes=classes) if model else None,
        parameters={"reference": reference, "intersections": intersections, "limits": judging.limits()},
        seed=seed,
    )
    evidence = evidence_of(task, kept.workspace)
    write_evidence(evidence, kept.evidence_file)
    result = evidence.read(FairnessReport)
    print_json({**about(evidence), **_fairness_document(result)}) if json else _say_fairness(result)


def _fairness_document(result: FairnessReport | NotAssessed) -> dict[str, JsonValue]:
    if isinstance(result, NotAssessed):
        return {"overall": {}, "by_group": [], "disparities": [], "unknown": {}, **encode(result)}
    whole = encode(result)
    rest = {name: whole[name] for name in whole if name not in {"overall", "by_group", "unknown", "rows", "strata"}}
    return {
        "overall": {item.metric: item.value for item in result.overall},
        "by_group": [_group(group) for group in result.by_group],
        **rest,
        "strata": [
            {**value, "by_group": [_group(group) for group in stratum.by_group]}
            for value, stratum in zip(whole["strata"], result.strata, strict=True)
        ],
        "unknown": {item.attribute: _unknown(item) for item in result.unknown},
    }


def _group(group: GroupResult) -> JsonValue:
    value = encode(group)
    return {**value, "metrics": {item["metric"]: item for item in value["metrics"]}}


def _unknown(item: Unknown) -> JsonValue:
    value = encode(item)
    return {**value, "bounds": {bound["group"]: bound for bound in value["bounds"]}}


def _say_fairness(result: FairnessReport | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(_verdict(result))
    for notice in result.notices:
        say(f"note: {notice}")
    for gap in result.disparities:
        if gap.method == "between_groups":
            say(_gap(gap))
    for group in result.by_group:
        worse = [spoken(item.metric) for item in group.metrics if item.verdict == "worse"]
        short = [item.metric for item in group.metrics if item.verdict == "not_enough_data"]
        state = f"worse in {', '.join(worse)}" if worse else "not worse in anything that can be judged"
        lacking = f"; not enough data for {len(short)} metrics" if short else ""
        say(f"{group.name} ({group.n:,} rows): {'reference' if group.is_reference else state}{lacking}")
    for item in result.unknown:
        say(f"{item.attribute}: unknown for {item.rows:,} rows ({item.share:.1%})")


def _verdict(result: FairnessReport) -> str:
    """Return the answer in one line: who fares worse, or why nobody can say."""
    found = [gap for gap in result.disparities if gap.method == "between_groups"]
    judged = [gap for gap in found if gap.difference is not None]
    unjudged = f"{len(found) - len(judged)} of {len(found)} comparisons cannot be judged"
    worse = [group.name for group in result.by_group if any(item.verdict == "worse" for item in group.metrics)]
    if worse:
        return (
            f"{len(worse)} of {len(result.by_group)} groups fare worse in some metric: {'; '.join(worse)}; {unjudged}."
        )
    if not judged:
        return f"Cannot be judged: no comparison between groups has enough data ({len(found)} asked)."
    return f"No group fares worse in what can be judged; {unjudged}."


def _gap(gap: Disparity) -> str:
    what = f"{gap.metric} by {gap.attribute}"
    if gap.difference is None:
        return f"{what}: cannot be judged, {gap.reason}"
    if gap.low is None:
        return f"{what}: {gap.difference:.3f} (no interval), worst {gap.worst}"
    return f"{what}: {gap.difference:.3f} ({gap.low:.3f} to {gap.high:.3f}), worst {gap.worst}"
