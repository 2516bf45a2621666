"""A command never writes over a file that it reads, whatever the file is called and with or without --force."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.cli.output import check_apart, note_files
from governance.evidence import RefusedInputError
from tests import golden

ROWS = "y,p,g\n" + "".join(f"{i % 2},{i % 3 % 2},{'mf'[i % 2]}\n" for i in range(60))


def refused(*words: str) -> str:
    """Return why a command was refused, "" when it answered."""
    found = CliRunner().invoke(build(), list(words))
    if isinstance(found.exception, RefusedInputError):
        return str(found.exception)
    assert found.exit_code in (0, 1), found.exception
    return ""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "link", [lambda path, _: path, os.link, os.symlink, lambda path, _: path.parent / "." / path.name]
)
def test_force_does_not_overwrite_the_table_that_is_read(
    table: Path, link: Callable[[Path, Path], Path | None]
) -> None:
    out = link(table, table.with_name("out.json")) or table.with_name("out.json")
    said = refused("baseline", str(table), "--out", str(out), "--force")
    assert "is the same file as" in said
    assert str(out) in said
    assert table.read_text(encoding="utf-8") == ROWS


def test_two_outputs_of_one_command_are_two_files(tmp_path: Path, table: Path) -> None:
    note_files([table, tmp_path / "a", tmp_path / "a"])
    with pytest.raises(RefusedInputError, match="is the same file as"):
        check_apart(tmp_path / "a")
    note_files([table, tmp_path / "a", tmp_path / "b"])
    check_apart(tmp_path / "a")


def test_a_file_that_another_option_reads_is_kept_too(tmp_path: Path, table: Path) -> None:
    roles = tmp_path / "roles.toml"
    roles.write_text('target = "y"\npositive = "1"\nprediction = "p"\nsensitive = ["g"]\n', encoding="utf-8")
    said = refused("fairness", str(table), "--schema", str(roles), "--evidence", str(roles), "--force")
    assert "is the same file as" in said


def test_another_file_is_written_over_with_force_and_the_next_command_starts_anew(tmp_path: Path, table: Path) -> None:
    out = tmp_path / "baseline.json"
    out.write_text("old", encoding="utf-8")
    assert "--force" in refused("baseline", str(table), "--out", str(out))
    assert refused("baseline", str(table), "--out", str(out), "--force") == ""
    assert out.read_text(encoding="utf-8") != "old"
    assert "is the same file as" in refused("baseline", str(out), "--out", str(out), "--force")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a model and its rows under names that results have too."""
    made = golden.made(tmp_path)
    found = tmp_path / "found"
    found.mkdir()
    (found / "candidate-000.onnx").write_bytes(Path(made.model.path).read_bytes())
    (found / "candidates.arrow").write_bytes(Path(made.data.path).read_bytes())
    return found


MITIGATE = ("--attribute", "sex", "--target", "good", "--positive", "yes", "--sensitive", "sex")
MITIGATE += ("--algorithm", "threshold_optimizer", "--ignore", "challenger", "--ignore", "id")


@pytest.mark.parametrize("link", [None, os.link, os.symlink])
def test_candidates_replace_neither_the_model_in_force_nor_the_table(
    link: Callable[[Path, Path], None] | None, folder: Path
) -> None:
    model, data = folder / "candidate-000.onnx", folder / "candidates.arrow"
    before = model.read_bytes(), data.read_bytes()
    given = model if link is None else folder.parent / "in-force.onnx"
    if link is not None:
        link(model, given)
    said = refused("mitigate", str(data), "--model", str(given), "--out", str(folder), "--force", *MITIGATE)
    assert "candidate-000.onnx' is the same file as" in said
    said = refused("mitigate", str(data), "--model", str(given), "--out", str(model), "--force", *MITIGATE)
    assert "is a file, expected a folder" in said
    assert (model.read_bytes(), data.read_bytes()) == before


def test_a_table_called_as_a_candidate_is_kept_too(folder: Path) -> None:
    data = folder / "candidate-001.onnx"
    (folder / "candidates.arrow").rename(data)
    for given in (str(data), str(folder / "." / "candidate-001.onnx")):
        said = refused(
            "mitigate", given, "--model", str(folder.parent / "model.onnx"), "--out", str(folder), "--force", *MITIGATE
        )
        assert "candidate-001.onnx' is the same file as" in said


def test_the_folder_of_candidates_keeps_the_files_that_lie_in_it(folder: Path) -> None:
    data, model = folder / "candidates.arrow", folder.parent / "model.onnx"
    (folder / "candidate-000.onnx").unlink()
    before = data.read_bytes()
    assert refused("mitigate", str(data), "--model", str(model), "--out", str(folder), *MITIGATE) == ""
    assert data.read_bytes() == before
    assert (folder / "candidate-000.onnx").exists()
    said = refused("mitigate", str(data), "--model", str(model), "--out", str(folder), *MITIGATE)
    assert "holds candidate-000.onnx already" in said


def test_certified_models_do_not_replace_the_table_they_were_trained_on(folder: Path) -> None:
    data, norms = folder / "certified-000-abcdef.onnx", folder / "norms.toml"
    (folder / "candidates.arrow").rename(data)
    norms.write_text(
        'title = "Parity"\n[[norms]]\nid = "parity"\nmetric = "demographic_parity"\ncompare = "difference"\nlimit = "0.2"\n'
        'attributes = ["sex"]\n',
        encoding="utf-8",
    )
    roles = ("--target", "good", "--positive", "yes", "--sensitive", "sex")
    said = refused("automl", str(data), "--norms", str(norms), "--out", str(folder), "--force", *roles)
    assert "certified-000-abcdef.onnx' is the same file as" in said
