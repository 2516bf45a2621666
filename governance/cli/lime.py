"""`countersign lime`: one row explained by a local model, several times, and held against Shapley values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from governance.cli.background import BackgroundOptions, ClassOption, explained
from governance.cli.documents import about
from governance.cli.evidence_file import EvidenceOption, write_evidence
from governance.cli.explain import number
from governance.cli.models import ClassesOption, ColumnsOption, named_columns
from governance.cli.options import JsonOption, ModelArgument, SeedOption, TableArgument
from governance.cli.output import ForceOption, check_place, print_json, say
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Evidence, JsonValue, NotAssessed, encode
from governance.explain import LimeExplanation
from governance.runs import execute


@dataclass(frozen=True, slots=True)
class RepeatOptions:
    """How often LIME is asked, and with how many rows."""

    samples: Annotated[int, typer.Option("--samples", min=10, max=1_000_000, help="Rows that LIME draws.")] = 2000
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=1000, help="Runs with different seeds.")] = 5


def lime(
    model: ModelArgument,
    data: TableArgument,
    row: Annotated[int, typer.Option(min=0, help="Position of the row, from 0.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    against: BackgroundOptions,
    drawn: RepeatOptions,
    explained_class: ClassOption = "",
    columns: ColumnsOption = "",
    classes: ClassesOption = "",
    seed: SeedOption = 0,
    evidence_file: EvidenceOption = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Explain one row with LIME, several times, and hold it against Shapley values."""
    check_place(evidence_file, "--evidence", force=force)
    parameters = {
        "row": row, "target": explained_class, "samples": drawn.samples, "repeats": drawn.repeats,
        "background_rows": against.background_rows, "background_seed": seed,
    }  # fmt: skip
    names = (named_columns(columns), named_columns(classes))
    subject = explained(model, how.table(data), roles.read(), against.background, names)
    evidence = execute(subject.task("explain.lime", parameters, seed), progress=reporter()).evidence
    write_evidence(evidence, evidence_file)
    result = evidence.read(LimeExplanation)
    print_json(_lime_document(evidence, result)) if json else _say_lime(result)


def _lime_document(evidence: Evidence, result: LimeExplanation | NotAssessed) -> JsonValue:
    if isinstance(result, NotAssessed):
        return {**about(evidence), **encode(result)}
    value = encode(result)
    return {
        **about(evidence),
        **value,
        "method": "lime",
        "weights": {item.feature: item.weight for item in result.weights},
        "conditions": {item.feature: item.condition for item in result.weights},
        "spread": {item.feature: item.std_dev for item in result.weights},
        "agreement": {name: value[name] for name in ("sign_agreement", "rank_agreement", "shap_method")},
    }


def _say_lime(result: LimeExplanation | NotAssessed) -> None:
    if isinstance(result, NotAssessed):
        say(f"Not assessed: {result.reason}")
        return
    say(f"row {result.row}: prediction {result.prediction:.6g}, local R2 {result.local_r2:.3g}")
    for item in result.weights:
        say(f"  {item.condition!r}  {item.weight:+.6g}  (varies by {item.std_dev:.2g})")
    say(f"overlap of the top features between runs {result.stability:.3g}")
    say(f"same sign as the Shapley values {number(result.sign_agreement)}, same order {number(result.rank_agreement)}")
