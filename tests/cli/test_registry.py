"""What is written is held against the format before it is signed, and what was written can be listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from governance.__main__ import build
from governance.evidence.errors import CountersignError, RefusedInputError, RuleError
from governance.review import charter
from governance.workflow.review import members
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.act import state
from governance.workflow.workspace.clock import now
from storage import keys
from storage.workspace import Workspace

ROOT = "the root passphrase"
SECRET = "a member's passphrase"
LONG = "x" * 201


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(keys, "KDF_ROUNDS", 1)
    monkeypatch.setenv("COUNTERSIGN_ROOT_PASSPHRASE", ROOT)
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", SECRET)
    made = current_workspace.create("Example Board", ROOT, tmp_path / "workspace")
    members.enrol(made, "ada", "Ada", ("chair",), passphrase=SECRET, root=made.unlock_root(ROOT))
    members.adopt_charter(made, charter.from_toml(charter.template()), member="ada", passphrase=SECRET)
    yield made
    opened = current_workspace._open.pop((tmp_path / "workspace").resolve(), None)
    if opened is not None:
        opened.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    pd.DataFrame({"g": ["a", "b"] * 40, "y": [0, 1] * 40}).to_csv(path, index=False)
    return path


def call(workspace: Workspace, *words: object) -> Result:
    return CliRunner().invoke(build(), [*map(str, words), "--workspace", str(workspace.root)])


def refused(workspace: Workspace, *words: object) -> str:
    """Return the words of a refusal, after which the ledger is as long and as readable as before."""
    before = len(workspace.read().lines())
    result = call(workspace, *words)
    assert isinstance(result.exception, CountersignError), result.output
    assert len(workspace.read().lines()) == before
    assert state(workspace).board == ("ada",)
    return str(result.exception)


def answer(workspace: Workspace, *words: object) -> Any:
    result = call(workspace, *words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--name", "", "The name of the data is empty."),
        ("--name", "   ", "The name of the data is empty."),
        ("--name", LONG, "has 201 characters; the limit is 200."),
        ("--as", "nobody", "'nobody' is no member. Members: ada."),
        ("--as", "Not An Id!", "is no member"),
    ],
)
def test_a_table_that_the_ledger_could_not_hold_is_refused_before_it_is_signed(
    workspace: Workspace, table: Path, option: str, value: str, said: str
) -> None:
    words = ("register", "data", table, "--name", "People", "--role", "evaluation", option, value)
    assert said in refused(workspace, *words)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--name", "", "The name of the model is empty."),
        ("--version", "", "The version is empty."),
        ("--version", LONG, "the limit is 200."),
        ("--owner", "", "The owner is empty."),
        ("--intended-use", " ", "The intended use is empty."),
        ("--risk-tier", "", "No risk tier ''. Known: high, limited, minimal."),
        ("--risk-tier", "High Risk", "No risk tier 'High Risk'. Known: high, limited, minimal."),
        ("--parent", "ff", "No model whose digest begins with 'ff'"),
        ("--as", "nobody", "is no member"),
    ],
)
def test_a_model_that_the_ledger_could_not_hold_is_refused_before_it_is_signed(
    workspace: Workspace, shared: Path, option: str, value: str, said: str
) -> None:
    model = shared / "onnx" / "adult_rf_string_labels_zipmap.onnx"
    usual = ("--name", "M", "--version", "1", "--intended-use", "Tests.", "--risk-tier", "high")
    assert said in refused(workspace, "register", "model", model, *usual, option, value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ada", "--name", "x", "--role", "lay"), "'ada' is a member already."),
        (("eva", "--name", "", "--role", "lay"), "The name of the member is empty."),
        (("Eva!", "--name", "Eva", "--role", "lay"), "Expected 1 to 64 lowercase letters"),
        (("service", "--name", "Eva", "--role", "lay"), "cannot be enrolled"),
    ],
)
def test_a_refused_enrolment_leaves_neither_a_member_nor_a_key(
    workspace: Workspace, words: tuple[str, ...], said: str
) -> None:
    before = workspace.keyring.members_with_keys()
    assert said in refused(workspace, "member", "add", *words)
    assert workspace.keyring.members_with_keys() == before


def test_a_passphrase_that_is_too_short_enrols_nobody(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_PASSPHRASE", "short")
    assert "5 characters" in refused(workspace, "member", "add", "eva", "--name", "Eva", "--role", "lay")
    assert workspace.read().member("eva") is None
    assert workspace.keyring.members_with_keys() == ("ada",)


def test_what_is_registered_is_listed_and_named_by_the_beginning_of_its_digest(
    workspace: Workspace, table: Path, shared: Path
) -> None:
    data = answer(workspace, "register", "data", table, "--name", "People", "--role", "evaluation", "--sensitive", "g")
    (item,) = answer(workspace, "data", "list")["data"]
    assert (item["digest"], item["name"], item["rows"], item["role"]) == (data["data"], "People", 80, "evaluation")
    model = shared / "onnx" / "adult_rf_string_labels_zipmap.onnx"
    words = ("--name", "M", "--version", "1", "--intended-use", "Tests.", "--risk-tier", "high", "--as", "ada")
    digest = answer(workspace, "register", "model", model, *words)["model"]
    assert [item["digest"] for item in answer(workspace, "model", "list")["models"]] == [digest]
    case = answer(
        workspace,
        "case",
        "open",
        "--title",
        "M 1",
        "--question",
        "May it?",
        "--model",
        digest[:8],
        "--risk-tier",
        "high",
    )
    assert state(workspace).case(case["case"]).body.models == (digest,)
    found = answer(workspace, "assess", "data.audit", "--data", data["data"][:6])
    assert [item["digest"] for item in answer(workspace, "evidence", "list")["evidence"]] == [found["digest"]]
    assert "1 table is registered." in call(workspace, "data", "list").stdout


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("[1]", "--parameters '[1]': expected a JSON object."),
        (
            '{"min_row": 5}',
            "No parameter of data.audit 'min_row'. Known: benchmark, intersections, min_rows, proxy_limit.",
        ),
        ('{"min_rows": "many"}', "'min_rows'"),
        ("{", "--parameters"),
    ],
)
def test_a_mistyped_parameter_never_means_the_default(
    workspace: Workspace, table: Path, parameters: str, said: str
) -> None:
    data = answer(workspace, "register", "data", table, "--name", "People", "--role", "evaluation", "--sensitive", "g")
    assert said in refused(workspace, "assess", "data.audit", "--data", data["data"], "--parameters", parameters)


def test_a_digest_that_nothing_has_is_told_from_one_that_several_have(workspace: Workspace, tmp_path: Path) -> None:
    digests: list[str] = []
    while len({item[0] for item in digests}) == len(digests):
        path = tmp_path / f"{len(digests)}.csv"
        path.write_text(f"a,b\n1,{len(digests)}\n2,3\n")
        made = answer(workspace, "register", "data", path, "--name", f"t{len(digests)}", "--role", "training")
        digests.append(made["data"])
    first = digests[-1][0]
    said = refused(workspace, "assess", "quality.checks", "--data", first)
    assert f"{first!r} is ambiguous: 2 begin so: " in said
    assert all(item[:16] in said for item in digests if item[0] == first)
    nobody = next(item for item in "0123456789abcdefg" if item not in {digest[0] for digest in digests})
    assert "No table whose digest begins with" in refused(workspace, "assess", "quality.checks", "--data", nobody)


@pytest.mark.parametrize("key", ["nope", "a+b", "a+00000000+AAAA"])
def test_a_trust_file_names_no_witness_that_is_none(workspace: Workspace, tmp_path: Path, key: str) -> None:
    out = tmp_path / "trust.json"
    refused(workspace, "trust", out, "--witness", key)
    assert not out.exists()


def test_what_is_wrong_with_what_an_auditor_hands_in_is_no_verdict_on_the_export(
    workspace: Workspace, tmp_path: Path, table: Path
) -> None:
    trust, export = tmp_path / "trust.json", tmp_path / "export"
    assert call(workspace, "trust", trust).exit_code == 0
    assert call(workspace, "export", export).exit_code == 0
    (tmp_path / "empty").mkdir()
    (tmp_path / "keyless.json").write_text(trust.read_text().replace("log_vkeys", "log_keys"))
    verify = CliRunner()
    assert verify.invoke(build(), ["verify", str(export), "--trust", str(trust)]).exit_code == 0
    for given, trusted, said in (
        (export, table, "people.csv' is no trust file: it is not JSON."),
        (export, tmp_path / "empty", "is a folder, expected a trust file."),
        (export, tmp_path / "keyless.json", "it has no field 'log_vkeys'."),
        (table, trust, "people.csv' is no export: it is neither a folder nor a .zip."),
        (tmp_path / "empty", trust, "it holds no checkpoint and ledger.intoto.jsonl."),
        (tmp_path / "gone", trust, "There is nothing at"),
    ):
        error = verify.invoke(build(), ["verify", str(given), "--trust", str(trusted)]).exception
        assert isinstance(error, RefusedInputError)
        assert said in str(error)
        assert "Error" not in str(error)


def test_an_existing_file_is_written_over_with_force_alone(workspace: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "trust.json"
    out.write_text("kept")
    assert "add --force to write over it" in refused(workspace, "trust", out)
    assert out.read_text() == "kept"
    assert call(workspace, "trust", out, "--force").exit_code == 0
    assert json.loads(out.read_text())["root_keys"]


def test_a_case_needs_a_title_a_question_and_people_who_are_members(workspace: Workspace, shared: Path) -> None:
    model = shared / "onnx" / "adult_rf_string_labels_zipmap.onnx"
    words = ("--name", "M", "--version", "1", "--intended-use", "Tests.", "--risk-tier", "high")
    digest = answer(workspace, "register", "model", model, *words)["model"]
    usual = ("--title", "M", "--question", "May it?", "--model", digest, "--risk-tier", "high")
    for more, said in (
        (("--title", ""), "The title is empty."),
        (("--question", " "), "The question is empty."),
        (("--risk-tier", "nope"), "No risk tier 'nope'."),
        (("--owner", "nobody"), "'nobody', named as owner, is no member."),
        (("--as", "nobody"), "'nobody' is no member."),
    ):
        assert said in refused(workspace, "case", "open", *usual, *more)
    assert isinstance(call(workspace, "case", "show", "nope").exception, RuleError)


def test_a_registration_that_an_earlier_release_signed_without_a_name_is_set_aside_by_name(
    workspace: Workspace, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = answer(workspace, "register", "data", table, "--name", "People", "--role", "evaluation")["data"]
    monkeypatch.setattr("storage.unit_of_work.checked_body", lambda _kind, given: given)
    body = {
        "dataset": "nameless", "name": "", "digest": "0" * 64, "original_digest": "0" * 64, "rows": 1,
        "role": "training", "schema_digest": "0" * 64,
    }  # fmt: skip
    with workspace.write() as unit:
        index = unit.append("dataset.registered", body, actor="service", at=now()).index
        unit.commit()
    listed = call(workspace, "case", "list")
    assert listed.exit_code == 0
    assert f"line {index} (dataset.registered) is set aside" in listed.stderr
    assert "'name'" in listed.stderr
    assert answer(workspace, "assess", "quality.checks", "--data", digest[:12], "--as", "ada")["digest"]
