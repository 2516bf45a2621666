"""Verifying never runs what the export holds, follows no link out of it, and reads no more than fits."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from governance.dossier import verify as verifier
from governance.dossier.bundle import write_folder, zip_bytes
from governance.dossier.verify import verify
from governance.dossier.verify_files import MINE
from tests.dossier.ledger import TRUST
from tests.dossier.test_attacks import filled
from tests.review.board import approved

ROOM = Path(verifier.__file__).parent
SUMS = Path(__file__).parents[2] / "docs" / "verifier.sha256"
HOSTILE = "open('/dev/stderr', 'w').write('HOSTILE CODE RAN')\nraise SystemExit(0)\n"
SHADOWED = (
    "__future__", "argparse", "base64", "json", "os", "pathlib", "zipfile", "struct", "types", "typing", "re", "hashlib",
    "cryptography", "multiprocessing", "concurrent", "sitecustomize", "encodings",
)  # fmt: skip


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_folder(filled(approved()).files(), tmp_path / "export")
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    return tmp_path / "export"


def answered(export: Path) -> dict[str, object]:
    answer = verify(export, export.parent / "trust.json", [])
    assert answer["valid"] or answer["reason"]
    return answer


def run(export: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as somebody does who stands in the export's folder."""
    command = [sys.executable, *flags, "verify.py", ".", "--trust", "../trust.json"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=export, capture_output=True, text=True, check=False, env=clean)


@pytest.mark.parametrize("flags", [(), ("-I",), ("-P",)])
def test_no_file_of_the_export_is_imported_by_its_name(export: Path, flags: tuple[str, ...]) -> None:
    for name in SHADOWED:
        (export / f"{name}.py").write_text(HOSTILE)
    done = run(export, *flags)
    assert "HOSTILE" not in done.stderr + done.stdout
    assert done.returncode == 1
    assert "which is no part of an export" in done.stdout


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no links")
def test_a_verifier_that_is_a_link_imports_nothing_from_where_it_leads(export: Path) -> None:
    inner = export / "inner"
    inner.mkdir()
    for name in MINE:
        (inner / name).write_bytes((export / name).read_bytes())
    for name in SHADOWED:
        (inner / f"{name}.py").write_text(HOSTILE)
    (export / "verify.py").unlink()
    (export / "verify.py").symlink_to("inner/verify.py")
    done = run(export)
    assert "HOSTILE" not in done.stderr + done.stdout
    assert done.returncode == 1
    assert "no part of an export" in done.stdout


def test_a_cached_program_beside_the_verifier_is_not_run(export: Path) -> None:
    import py_compile

    hostile = export.parent / "hostile.py"
    hostile.write_text(HOSTILE)
    cache = export / "__pycache__"
    for name in MINE:
        made = cache / f"{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(
            str(hostile), cfile=str(made), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )
    done = run(export)
    assert "HOSTILE" not in done.stderr + done.stdout
    assert done.returncode == 1
    assert "no part of an export" in done.stdout


@pytest.mark.parametrize("name", ["zipfile.py", "evidence/x.py", "Verify.py", "verify.pyc", "lib.so", "a.pth"])
def test_a_program_in_an_export_is_named(export: Path, name: str) -> None:
    (export / name).write_text("")
    answer = answered(export)
    assert not answer["valid"]
    assert repr(name) in str(answer["reason"])


def test_the_files_of_the_verifier_are_those_of_the_release(export: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in SUMS.read_text(encoding="ascii").splitlines())
    assert set(listed) == set(MINE)
    for name, digest in listed.items():
        assert hashlib.sha256((ROOM / name).read_bytes()).hexdigest() == digest, "run: make verifier-sums"
        assert (export / name).read_bytes() == (ROOM / name).read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_out_of_the_export_and_what_is_no_file_are_refused(export: Path) -> None:
    ledger = export / "ledger.intoto.jsonl"
    outside = export.parent / "outside"
    ledger.rename(outside)
    ledger.symlink_to(outside)
    assert "link out of the export" in str(answered(export)["reason"])
    ledger.unlink()
    ledger.symlink_to("/dev/zero")
    assert "link out of the export" in str(answered(export)["reason"])
    ledger.unlink()
    os.mkfifo(ledger)
    assert "is no file" in str(answered(export)["reason"])
    ledger.unlink()
    outside.rename(ledger)
    (export / "more").symlink_to(export.parent)
    assert "link out of the export" in str(answered(export)["reason"])
    (export / "more").unlink()
    assert answered(export)["valid"]


def test_a_folder_that_is_too_large_is_refused_before_it_is_read(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (export / "ledger.intoto.jsonl").open("r+b") as file:
        file.truncate(40 * 2**30)
    assert "larger than 1 GiB" in str(answered(export)["reason"])
    monkeypatch.setattr("governance.dossier.verify_files.MANY", 5)
    with (export / "ledger.intoto.jsonl").open("r+b") as file:
        file.truncate(10)
    assert "files" in str(answered(export)["reason"])


def test_a_zip_with_a_name_twice_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    path = tmp_path / "export.zip"
    path.write_bytes(zip_bytes(filled(approved()).files(), "export"))
    assert answered(path)["valid"]
    monkeypatch.setattr("governance.dossier.verify_files.LARGEST", 1000)
    assert "larger than 1 GiB" in str(answered(path)["reason"])
    monkeypatch.undo()
    with zipfile.ZipFile(path, "a") as box, pytest.warns(UserWarning, match="Duplicate"):
        box.writestr("export/checkpoint", b"x")
    assert "one name twice" in str(answered(path)["reason"])


def test_running_out_of_memory_is_an_answer(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> bytes:
        raise MemoryError

    monkeypatch.setattr("governance.dossier.verify.files", full)
    assert "MemoryError" in str(answered(export)["reason"])
