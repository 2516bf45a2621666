"""The pages of review, verify and export, drawn without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.workflow.audit import export
from governance.workflow.workspace import current_workspace
from governance.workflow.workspace.acting import OPERATOR
from pages.audit.verify import checking

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(root))
    return current_workspace.create("Test board", "a long passphrase", root)


@pytest.mark.parametrize(
    "name",
    [
        "review/cases/page.py",
        "review/case/page.py",
        "audit/verify/page.py",
        "audit/export/page.py",
    ],
)
def test_an_empty_workspace_gets_a_page_that_teaches(workspace, name: str) -> None:
    drawn = AppTest.from_file(str(PAGES / name), default_timeout=60).run()
    assert not drawn.exception
    assert drawn.title


def test_an_upload_gets_the_verifiers_answer(workspace) -> None:
    from governance.dossier.bundle import zip_bytes

    made = export.export(workspace, actor=OPERATOR)
    good = checking.check(zip_bytes(made.files, made.name), export.trust(workspace), [made.checkpoint])
    assert (good["valid"], good["entries"]) == (True, 2)
    bad = checking.check(b"not a zip", export.trust(workspace), [])
    assert not bad["valid"]
    assert bad["reason"]


def test_an_older_checkpoint_that_is_continued_is_named_and_copies_are_gathered(workspace) -> None:
    def page(answer: dict[str, object]) -> None:
        from pages.audit.verify import checking

        checking.draw(answer, kept=1)

    from governance.dossier.bundle import zip_bytes

    first, second = export.export(workspace, actor=OPERATOR), export.export(workspace, actor=OPERATOR)
    answer = checking.check(zip_bytes(second.files, second.name), export.trust(workspace), [first.checkpoint])
    drawn = AppTest.from_function(page, kwargs={"answer": answer}, default_timeout=60).run()
    said = [item.value for item in drawn.markdown]
    assert any("continues the older checkpoint that you kept" in text for text in said)
    assert sum(text.count("not the record") for text in said) == 1
