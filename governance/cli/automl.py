"""`countersign automl`: a search for a model under norms, with a certificate on people whom no choice has seen."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.cli.documents import about
from governance.cli.inputs import check_files, data_file, naming, text_of
from governance.cli.options import ActorOption, JsonOption, SecretOption, SeedOption
from governance.cli.output import DONE, ForceOption, check_results_folder, print_json, say, write_bytes
from governance.cli.passphrase import acting_as
from governance.cli.progress import reporter
from governance.cli.reading_options import ReadingOptions
from governance.cli.run_or_record import require_needs
from governance.cli.schema_options import SchemaOptions
from governance.evidence import Evidence, JsonValue, NotAssessed, Progress, RefusedInputError, encode
from governance.fairness import LEARNERS, Enough, NormSet, SearchReport, norms as room
from governance.runs import Task, execute, read_array
from governance.workflow.workspace import Acting, current_workspace

NOTHING_CERTIFIED: Final = 4
"""Exit code of a search that worked and certified nothing."""
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave."""

    evidence: Evidence
    report: SearchReport
    files: dict[str, str]
    """Digest of a certified model -> the file that was written, or the word that it is registered."""


def automl(
    train: Annotated[
        str,
        typer.Argument(
            help="Labelled rows, CSV or Parquet, parted by identifier; with --workspace the digest of registered data."
        ),
    ],
    norms: Annotated[Path, typer.Option(help="Norms as TOML; those about decisions are kept.")],
    roles: SchemaOptions,
    how: ReadingOptions,
    out: Annotated[Path | None, typer.Option(help="Folder for the certified model files.")] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Workspace in which certified models become versions of --parent."),
    ] = None,
    parent: Annotated[
        str, typer.Option(help="Digest of the registered model that a certified one would replace, or its beginning.")
    ] = "",
    actor: ActorOption = "service",
    passphrase_file: SecretOption = None,
    budget: Annotated[
        str, typer.Option(help="Time after which no trial begins: 120s, 5m. None without a limit.")
    ] = "120s",
    trials: Annotated[int, typer.Option(min=1, max=1000, help="Models trained at most.")] = 60,
    learners: Annotated[str, typer.Option(help="Which learners, with commas between.")] = ",".join(LEARNERS),
    uses: Annotated[
        int, typer.Option(min=0, max=30, help="Earlier searches on these very rows: each halves the error rate.")
    ] = 0,
    seed: SeedOption = 0,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Train models with the norms in view and certify the best that keeps them; ends with 4 when nothing can be certified.

    No model asks who somebody is. A certificate holds for people like those of the part that no choice has looked at. A search that the
    clock stopped is repeated exactly by asking for as many trials as it did.
    """
    with naming(norms, "norms"):
        asked = room.norm.from_toml(text_of(norms))
    limit = _seconds(budget)
    names = [name.strip() for name in learners.split(",") if name.strip()]
    parameters: dict[str, JsonValue] = {
        "norms": encode(asked), "trials": trials, "learners": names, "uses": uses,
    }  # fmt: skip
    progress = _within(limit, reporter())
    if workspace is not None:
        who = acting_as(current_workspace.current(workspace), actor, passphrase_file)
        found = _in_workspace(workspace, (train, parent), parameters, seed, actor=who, progress=progress)
    else:
        table = data_file(how.table(_free(train, out, force=force)), roles.read())
        found = _on_files(Task("fairness.search", table, parameters=parameters, seed=seed), out, progress)
    print_json(_document(found)) if json else _say(found, asked)
    raise typer.Exit(DONE if found.report.chosen else NOTHING_CERTIFIED)


def _free(train: str, out: Path | None, *, force: bool) -> Path:
    """Return the file of rows, once it can be read and there is a place for the models.

    Raises:
        RefusedInputError: no folder is named, or it is a file, or it holds certified models.
    """
    if out is None:
        raise RefusedInputError(
            "There is no place for the model files.", "Give --out FOLDER, or --workspace and --parent."
        )
    check_files(Path(train))
    check_results_folder(out, "certified-*.onnx", force=force, also=(Path(train),))
    return Path(train)


def _on_files(task: Task, out: Path | None, progress: Progress) -> _Found:
    assert out is not None  # _free has refused that
    require_needs(task)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        done = execute(task, Path(folder), progress)
        report = _made(done.evidence)
        return _Found(done.evidence, report, _written(done.arrays.get("candidates", ""), report, out))


def _in_workspace(
    root: Path,
    chosen: tuple[str, str],
    parameters: dict[str, JsonValue],
    seed: int,
    *,
    actor: Acting,
    progress: Progress,
) -> _Found:
    """Search on registered data and register what is certified; searches on these rows that are recorded already count as uses."""
    from governance.workflow.assess import search as verbs

    data, parent = chosen
    if not parent:
        raise RefusedInputError("No parent is named.", "Give --parent: countersign model list shows the digests.")
    place = current_workspace.current(root)
    done = verbs.search(place, verbs.Asked(data, parent, parameters, seed), actor=actor, progress=progress)
    report = _made(done.evidence)
    kept = verbs.register(place, done.digest, parent=parent, actor=actor)
    return _Found(done.evidence, report, dict.fromkeys(kept, "registered"))


def _made(evidence: Evidence) -> SearchReport:
    found = evidence.read(SearchReport)
    if isinstance(found, NotAssessed):
        raise RefusedInputError(found.reason, "Give more labelled rows.")
    return found


def _within(seconds: float, told: Progress) -> Progress:
    """Return a progress that lets no further trial begin once the time is over; 0 for no limit."""
    begin = time.monotonic()

    def report(done: int, of: int, phase: str) -> None:
        if seconds and done and phase.startswith("training") and time.monotonic() - begin > seconds:
            raise Enough(f"the clock: {seconds:g} seconds were over")
        told(done, of, phase)

    return report


def _seconds(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,5}(?:[.][0-9]+)?)(s|m|h|)", text.strip())
    if text.strip() == "none":
        return 0.0
    if found is None or not float(found[1]):
        raise RefusedInputError(f"The budget is {text[:40]!r}.", "Write it like 120s, 5m or 1h, or none.")
    return float(found[1]) * _UNITS[found[2]]


def _written(candidates: str, report: SearchReport, out: Path) -> dict[str, str]:
    """Write the file of each certified model and return digest -> name."""
    out.mkdir(parents=True, exist_ok=True)
    if not candidates:
        return {}
    table = read_array(candidates)
    data = dict(zip(table.column("digest").to_pylist(), table.column("onnx").to_pylist(), strict=True))
    del table
    kept = [item for item in report.frontier if item.kept and item.verified]
    names = {item.digest: f"certified-{item.trial:03d}-{item.digest[:6]}.onnx" for item in kept}
    for digest, name in names.items():
        write_bytes(out / name, data[digest])
    return names


def _document(found: _Found) -> JsonValue:
    report, files = found.report, found.files
    value = encode(report)
    frontier = value.pop("frontier")
    return {
        **about(found.evidence),
        **value,
        "frontier": frontier,
        "certified": [{"model": files[item["digest"]], "needs_group": False, **item} for item in frontier
                      if item["digest"] in files],
        "not_certified": {"reason": report.not_certified} if report.not_certified else None,
    }  # fmt: skip


def _say(found: _Found, asked: NormSet) -> None:
    report, files = found.report, found.files
    failed = sum(bool(item.error) for item in report.trials)
    told = f"{len(report.trials)} models were trained, {failed} of them in vain; {len(report.frontier)} were put to the test on "
    say(f"{told}{report.splits.certify:,} people nobody had looked at; {len(files)} keep {asked.title!r}.")
    if report.stopped:
        say(f"Stopped by {report.stopped}.")
    for item in report.frontier:
        mark = files.get(item.digest) or ("not kept" if not item.kept else "file differs")
        say(
            f"  model {item.trial}: accuracy {item.accuracy_certify:.4f}, strain {item.strain_search:.2f} where chosen, "
            f"{item.strain_certify:.2f} on the untouched, at most {item.strain_upper:.2f}: {mark}"
        )
    if report.baseline is not None:
        say(f"Without regard to the norms the best accuracy where chosen is {report.baseline:.4f}.")
    if report.not_certified:
        say(f"Nothing is certified: {report.not_certified}.")
    else:
        say(f"Chosen: {files[report.chosen]}; the chance that it breaks a norm is at most {report.alpha:g}.")
    for notice in report.notices:
        say(f"note: {notice}")
