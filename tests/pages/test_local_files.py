"""Files by path: off, and where the operator has opened a folder, below it alone, links followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from governance.evidence.errors import RefusedInputError
from pages._ui import local_files


def page() -> None:
    import streamlit as st

    from pages._ui import uploads

    st.text(str(uploads.receive("File", "file", "advice")))


def test_no_path_is_asked_for_and_none_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(local_files.VARIABLE, raising=False)
    drawn = AppTest.from_function(page)
    drawn.session_state["file-path"] = "/etc/passwd"
    drawn.run()
    assert not drawn.text_input
    assert drawn.text[0].value == "None"
    with pytest.raises(RefusedInputError, match="Files by path are off"):
        local_files.inside("/etc/passwd")


@pytest.mark.parametrize(
    "named", ["/etc/passwd", "../outside.csv", "link.csv", "folder/../../outside.csv", ".", "none.csv"]
)
def test_nothing_outside_the_folder_is_opened_or_said_to_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    home = tmp_path / "opened"
    (home / "folder").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text("a\n1\n")
    (home / "link.csv").symlink_to(tmp_path / "outside.csv")
    monkeypatch.setenv(local_files.VARIABLE, str(home))
    with pytest.raises(RefusedInputError, match=r"There is no file .* below 'opened'"):
        local_files.inside(named)


def test_a_file_below_the_folder_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    monkeypatch.setenv(local_files.VARIABLE, str(tmp_path))
    assert local_files.inside("rows.csv") == local_files.inside(str(tmp_path / "rows.csv")) == tmp_path / "rows.csv"
