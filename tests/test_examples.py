"""The notebooks in examples/ run from a fresh kernel, and are committed without what they printed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


def printed(notebook: nbformat.NotebookNode) -> str:
    """Return all text that the cells gave."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(str(item.get("text", "")) + str(item.get("data", {})) for item in outputs)


def executed(path: Path) -> nbformat.NotebookNode:
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}})
    asyncio.run(client.async_execute())
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) >= 4
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("own_model_in_five_minutes", ["Performance", "not_enough_data", "rows used", "bytes of evidence"]),
        ("drift_that_matters", ["income", "weather", "harm found in outcomes: worse"]),
        ("verify_an_export", ["VALID", "NOT VALID", "First bad entry"]),
    ],
)
def test_a_notebook_runs_and_shows_what_its_words_promise(name: str, words: list[str]) -> None:
    shown = printed(executed(ROOT / "examples" / f"{name}.ipynb"))
    assert [word for word in words if word not in shown] == []
