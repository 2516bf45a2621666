"""The whole job from the command line, each step in a process of its own, on real hospital encounters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.hospital import Hospital, bring

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"COUNTERSIGN_PASSPHRASE": "a passphrase of their own", "COUNTERSIGN_ROOT_PASSPHRASE": "root of this board"}
TREE = "sklearn.tree._tree.Tree"
BOARD = {"chair-person": "chair", "validator": "validator", "lay-person": "lay"}


class CommandLine:
    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def run(self, *words: str, expect: int = 0) -> str:
        environment = {**os.environ, **SECRETS, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [sys.executable, "-m", "governance", *words],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout

    def inside(self, *words: str, expect: int = 0) -> str:
        return self.run(*words, "--workspace", str(self.workspace), expect=expect)

    def answer(self, *words: str):
        return json.loads(self.inside(*words, "--json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("job")


@pytest.fixture(scope="module")
def hospital(shared: Path, folder: Path) -> Hospital:
    return bring(shared, folder)


@pytest.fixture(scope="module")
def cli(folder: Path) -> CommandLine:
    return CommandLine(folder / "workspace")


@pytest.mark.e2e
def test_from_a_trained_pipeline_to_a_verified_record(cli: CommandLine, hospital: Hospital, folder: Path) -> None:
    # 1. convert, outside the server
    onnx = folder / "readmission.onnx"
    converted = cli.run(
        "convert",
        str(hospital.pipeline),
        "--out",
        str(onnx),
        "--sample",
        str(hospital.baseline),
        "--trust-type",
        TREE,
        "--json",
    )
    assert json.loads(converted)["max_difference"] < 1e-4
    report = json.loads(cli.run("inspect", str(onnx), "--json"))
    assert (report["task"], report["refused"]) == ("binary", [])

    # 2. a workspace with a board
    cli.inside("init", "--organisation", "Example Hospital")
    for member, role in BOARD.items():
        cli.inside("member", "add", member, "--name", member.title(), "--role", role)
    for member in BOARD:
        cli.inside("charter", "adopt", "--as", member)

    # 3. register
    words = (
        "--name",
        "Readmission",
        "--version",
        "1",
        "--intended-use",
        "Plan follow-up calls.",
        "--risk-tier",
        "high",
    )
    model = cli.answer("register", "model", str(onnx), *words)["model"]
    data = {
        role: cli.answer(
            "register", "data", str(path), "--name", path.stem, "--role", role, "--schema", str(hospital.schema)
        )["data"]
        for role, path in (
            ("training", hospital.train),
            ("evaluation", hospital.baseline),
            ("monitoring", hospital.later),
        )
    }

    # 4. measure, and freeze what the charter asks for
    evidence = []
    for method in ("quality.checks", "performance.summary", "fairness.by_group"):
        found = cli.answer(
            "assess", method, "--model", model, "--data", data["evaluation"], "--reference", data["training"]
        )
        assert found["evidence"]["rows"]["total"] == 4000
        evidence.append(found["digest"])
    drift = cli.answer(
        "assess", "drift.columns", "--model", model, "--data", data["monitoring"], "--reference", data["evaluation"]
    )
    moved = {item["name"] for item in drift["evidence"]["result"]["columns"] if item["verdict"] == "material"}
    assert {"payer_code", "medical_specialty"} <= moved
    evidence.append(drift["digest"])
    case = cli.answer(
        "case",
        "open",
        "--title",
        "Readmission",
        "--question",
        "May it be used?",
        "--model",
        model,
        "--risk-tier",
        "high",
    )["case"]
    cli.inside("case", "freeze", case, *(word for digest in evidence for word in ("--evidence", digest)))
    cli.inside("case", "start", case)

    # 5. three members vote, one against
    for member in BOARD:
        cli.inside("case", "declare", case, "--as", member, "--no-conflict")
    cli.inside("vote", case, "approve", "--as", "chair-person")
    cli.inside("vote", case, "reject", "--as", "lay-person", "--rationale", "The later encounters look different.")
    assert "1 of 3" not in cli.inside("case", "show", case)
    cli.inside("decide", case, "--rationale", "Too early.", "--scope", "Follow-up calls.", expect=2)
    cli.inside("vote", case, "approve", "--as", "validator")
    decided = cli.answer("decide", case, "--rationale", "Two of three approve.", "--scope", "Follow-up calls.")[
        "decision"
    ]
    assert decided["outcome"] == "approved"
    assert [item["member"] for item in decided["dissent"]] == ["lay-person"]

    # 6. export, and verify in a fresh process with the trust file alone
    export = folder / "export.zip"
    trust = folder / "trust.json"
    cli.inside("export", str(export), "--case", case)
    cli.inside("trust", str(trust))
    verified = json.loads(cli.run("verify", str(export), "--trust", str(trust), "--json"))
    assert verified["valid"] is True
    assert verified["decisions"] == 1

    # 7. the evidence still holds
    assert json.loads(cli.inside("replay", case, "--json"))["holds"] is True
