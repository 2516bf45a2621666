"""`countersign verify` and the script inside an export answer alike."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from governance.cli.verify import verify
from governance.dossier import verify as verifier
from governance.dossier.bundle import write_folder
from governance.dossier.verify_files import MINE
from governance.evidence.codec import sha256
from governance.evidence.errors import RefusedInputError
from tests.dossier.ledger import TRUST
from tests.dossier.test_attacks import filled
from tests.review.board import approved


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_folder(filled(approved()).files(), tmp_path / "export")
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    return tmp_path / "export"


def test_the_command_prints_the_contract_fields_and_ends_with_0_or_1(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught:
        verify(export, export.parent / "trust.json", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert caught.value.exit_code == 0
    assert (answer["valid"], answer["entries"], answer["decisions"], answer["first_bad"]) == (True, 30, 1, None)
    held = sha256((export.parent / "trust.json").read_bytes())
    assert answer["inputs"] == [{"role": "trust", "digest": held, "name": "trust.json"}]
    assert answer["environment"]
    (export / "checkpoint").write_bytes(b"nothing")
    with pytest.raises(typer.Exit) as caught:
        verify(export, export.parent / "trust.json")
    assert caught.value.exit_code == 1
    assert "NOT VALID" in capsys.readouterr().out


def test_the_command_asks_for_trust_and_for_files_that_exist(export: Path) -> None:
    with pytest.raises(RefusedInputError, match="trust"):
        verify(export)
    with pytest.raises(RefusedInputError, match="nothing at"):
        verify(export.parent / "gone", export.parent / "trust.json")


def test_the_script_in_the_export_runs_alone(export: Path) -> None:
    command = [
        sys.executable,
        "-I",
        str(export / "verify.py"),
        str(export),
        "--trust",
        str(export.parent / "trust.json"),
    ]
    plain = subprocess.run(command[:1] + command[2:], capture_output=True, text=True, check=False, cwd="/")
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.startswith("VALID: 30 entries of the whole ledger, 1 decisions")
    structured = subprocess.run(
        [*command[:1], *command[2:], "--json"], capture_output=True, text=True, check=False, cwd="/"
    )
    assert json.loads(structured.stdout)["cases"] == {"credit": "approved"}


def test_the_verifier_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    room = Path(verifier.__file__).parent
    for name in MINE:
        tree = ast.parse((room / name).read_text(encoding="utf-8"))
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        tops = {item.split(".")[0] for item in plain | named}
        assert tops - set(sys.stdlib_module_names) <= {
            "cryptography",
            "governance",
            *(name.removesuffix(".py") for name in MINE),
        }
