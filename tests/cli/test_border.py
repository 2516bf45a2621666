"""The outermost border: four exit codes, words on standard error, nothing left behind, and light to start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from governance import __main__ as entry
from governance.__main__ import COMMANDS, build
from governance.cli import border, output
from governance.cli.schema_options import SchemaOptions
from governance.evidence.errors import RefusedInputError
from governance.subject.schema import Schema

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def ended(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["countersign", *words])
    with pytest.raises(SystemExit) as left:
        entry.main()
    return int(left.value.code or 0)


@pytest.fixture(autouse=True)
def handlers() -> Any:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a"] * 90 + ["b"] * 90, "p": [1] * 80 + [0] * 10 + [1] * 20 + [0] * 70}).to_csv(
        path, index=False
    )
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["drift", "P", "P", "--alpha", "2"], "--alpha 2: expected a number from 0.0001 to 0.5."),
        (["drift", "P", "P", "--seed", "-1"], "--seed -1: expected a whole number from 0 to"),
        (["drift", "P", "P", "--seed", "99999999999999999999999"], "expected a whole number from 0 to"),
        (["drift", "P", "P", "--cost-label", "inf"], "--cost-label inf: expected a number of at least 0."),
        (["drift", "P", "P", "--threshold", "nan"], "--threshold nan: expected a number that is finite."),
        (["fairness", "P", "--draws", "-1"], "--draws -1: expected a whole number from 0 to"),
        (["fairness", "P", "--correction", "nope"], "--correction nope: expected one of holm, bh, none."),
        (["lime", "P", "P", "--row", "x"], "--row x: expected a whole number from 0 to"),
        (["reasons", "P", "P", "--row", "-2"], "--row -2: expected a whole number"),
        (["expectations", "P", "--format", "xml"], "expected one of toml, json, great-expectations, pandera."),
        (["fairness", "P"], "Give --model FILE, or name a column with --score or --prediction."),
        (["audit-data", "P"], "Name them: --sensitive COLUMN"),
        (["fairness", "P", "--schema", "P"], "people.csv' is not TOML"),
        (["inspect", "-"], "Standard input is not read here."),
        (["predict", "P", "P", "--out", "-"], "--out -: standard output carries the answer."),
        (["predict", "P", "P", "--out", "x.xlsx"], "ends in '.xlsx', expected .parquet, .pq, .csv."),
        (["fairness", "P", "--evidence", "nofolder/x.json"], "There is no folder 'nofolder' to write to."),
        (["baseline", "P", "--out", "P"], "is the same file as"),
        (["nosuch"], "No such command 'nosuch'"),
        (["alert", "act", "N", "hope", "--as", "a", "--reason", "r"], "REMEDY hope: expected one of ignore_until,"),
        (
            ["vote", "C", "maybe", "--as", "a"],
            "CHOICE maybe: expected one of approve, approve_with_conditions, reject,",
        ),
        (["rules", "adopt", "soon", "--reason", "r"], "EDITION soon: expected a whole number from 1 to"),
    ],
)
def test_wrong_use_says_what_was_got_and_expected_and_ends_with_2(
    words: list[str], said: str, people: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([str(people) if word == "P" else word for word in words], monkeypatch) == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert said in answer.err
    assert "Error:" not in answer.err


@pytest.mark.parametrize("command", ["inspect", "fairness", "quality", "audit-data", "expectations"])
def test_a_folder_is_called_a_folder(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([command, str(tmp_path)], monkeypatch) == 2
    assert "is a folder, expected a file. Name a file inside it." in capsys.readouterr().err


def test_the_version_is_printed_as_plain_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["--version"], monkeypatch) == 0
    name, number = capsys.readouterr().out.split()
    assert (name, len(number.split("."))) == ("countersign", 3)


def raising(error: BaseException) -> Callable[[], int]:
    def start() -> int:
        raise error

    return start


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 3, "stopped by the user"),
        (RefusedInputError("Got a.", "Give b."), 2, "Got a. Give b."),
        (OSError(28, "No space left on device", "x.json"), 3, "the disk is full"),
        (PermissionError(13, "Permission denied", "x.json"), 2, "'x.json' cannot be used: Permission denied."),
        (MemoryError(), 3, "more memory than there is"),
        (ValueError("three is no number"), 3, "internal failure: three is no number."),
    ],
)
def test_every_end_has_a_code_of_the_contract_and_words(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sys.stdout
    assert border.run(raising(error)) == code
    if sys.stdout is not before:
        sys.stdout.close()
        sys.stdout = before
    words = capsys.readouterr().err
    assert said in words
    assert type(error).__name__ not in words


SLEEPER = """
import os, sys, tempfile, time
from governance.cli import border, output
def start():
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        print(folder, flush=True)
        time.sleep(60)
sys.exit(border.run(start))
"""


HEARD = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A shell lets what it starts in the background ignore the interrupt; a person's command in the foreground hears it."""


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "stopped by the user"), (signal.SIGTERM, "stopped by a")])
def test_a_signal_ends_with_3_and_words_and_takes_temporary_folders_away(number: int, said: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", f"{HEARD}\n{SLEEPER}"],
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        folder = Path(child.stdout.readline().strip())
        assert folder.is_dir()
        child.send_signal(number)
        _, words = child.communicate(timeout=60)
    assert (child.returncode, folder.exists()) == (3, False)
    assert said in words


KEEPER = """
import os, sys
from pathlib import Path
from governance.cli import border, serve
child = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
sys.exit(border.run(lambda: serve._kept_running(child, dict(os.environ), Path.cwd())))
"""


def test_the_app_ends_with_the_command_that_serves_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEPER], env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as keeper:
        assert keeper.stdout is not None
        app = int(keeper.stdout.readline())
        keeper.send_signal(signal.SIGTERM)
        keeper.communicate(timeout=60)
    assert keeper.returncode == 3
    for _ in range(100):
        if not Path(f"/proc/{app}").exists():
            break
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(app, 0)


LIGHT = """
import sys
from governance import __main__ as entry
sys.argv = ["countersign", *WORDS]
try:
    entry.main()
except SystemExit as left:
    assert not left.code, left.code
heavy = {"numba", "shap", "sklearn", "pandas", "streamlit"} | ({"governance.runs.catalogue"} if WORDS[0] == "inspect" else set())
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [["--help"], ["inspect", "--help"], ["--version"]])
def test_help_imports_neither_numba_nor_what_only_a_computation_needs(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"WORDS = {words!r}\n{LIGHT}"],
        env=ENVIRONMENT, text=True, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_inspecting_a_model_imports_what_explains_it_and_not_every_method(shared: Path) -> None:
    words = ["inspect", str(shared / "onnx" / "adult_rf_string_labels_zipmap.onnx"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", f"WORDS = {words!r}\n{LIGHT}"],
        env=ENVIRONMENT, text=True, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout)["explainer"] == "tree"
    assert "governance.runs.catalogue" not in json.loads(done.stderr.strip().splitlines()[-1].replace("'", '"'))


def test_every_command_that_takes_a_schema_takes_a_flag_for_each_of_its_fields() -> None:
    import typer

    flags = {f"--{name.replace('_', '-')}" for name in Schema.__dataclass_fields__}
    flags -= {
        "--classes",
        "--labels",
        "--mappings",
    }  # classes of a model have that flag; tables of the file have one line each
    flags |= {"--label", "--map"}
    group = typer.main.get_command(build(tuple(item for item in COMMANDS if " " not in item.name)))
    seen = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        options = {option for item in command.params for option in item.opts}
        if "--schema" in options:
            seen.add(name)
            assert flags <= options, (name, flags - options)
    assert {"drift", "explain", "fairness", "impact-ratio", "lime", "predict", "quality", "reasons"} <= seen


def test_a_flag_goes_before_the_schema_file(tmp_path: Path) -> None:
    (tmp_path / "roles.toml").write_text('target = "y"\nthreshold = 0.3\nignore = ["a"]\n')
    found = SchemaOptions(schema=tmp_path / "roles.toml", target="z", ignore=["b", "c"]).read()
    assert found == Schema(target="z", threshold=0.3, ignore=("b", "c"))


@pytest.mark.parametrize("item", COMMANDS, ids=lambda item: item.name)
def test_every_command_has_a_heading_and_an_example_that_the_parser_takes(item: Any) -> None:
    import shlex

    import typer

    words = shlex.split(item.example.split(" > ")[0].removeprefix("> checkpoint"))
    group = typer.main.get_command(build((item,)))
    command = group
    for part in item.name.split():
        command = command.commands[part]  # type: ignore[attr-defined]
    assert item.panel
    assert "Example: countersign " in (command.epilog or "")
    command.make_context(item.name, words)


def test_an_old_spelling_counts_in_this_release_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from governance.cli.drift import CostOptions

    new = CostOptions(cost_false_positive=3.0, cost_false_negative=5.0).read()
    assert capsys.readouterr().err == ""
    assert CostOptions(cost_wrong=3.0, cost_miss=5.0).read() == new
    assert capsys.readouterr().err.splitlines() == [
        "countersign: --cost-wrong is called --cost-false-positive now; the old spelling goes away with the next release.",
        "countersign: --cost-miss is called --cost-false-negative now; the old spelling goes away with the next release.",
    ]


def test_reasons_guess_no_outcome_and_say_what_is_taken_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    from governance.cli.reasons import _require_outcome

    bare = SchemaOptions()
    with pytest.raises(RefusedInputError, match=r"Nobody said which outcome the score is about\."):
        _require_outcome(bare, bare.read(), ("no", "yes"))
    said = SchemaOptions(positive="yes")
    _require_outcome(said, said.read(), ("no", "yes"))
    words = capsys.readouterr().err
    assert "a score of 0.5 or more counts as selected" in words
    assert "--selected-is" in words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[HVALID", "\\x1b[2J\\x1b[HVALID"),
        ("refused\rVALID", "refused\\rVALID"),
        ("a\x9b2Jb\x7f", "a\\x9b2Jb\\x7f"),
        ("abc\u202edef", "abc\\u202edef"),
        ("a,b\r\n1\t2\n", "a,b\r\n1\t2\n"),
        ("Zoë — “fine” \u2068عربي\u2069", "Zoë — “fine” \u2068عربي\u2069"),
    ],
)
def test_words_for_people_move_no_cursor(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.say(text)
    assert capsys.readouterr().out == shown + "\n"
    output.warn(text)
    assert capsys.readouterr().err == f"countersign: {shown}\n"
