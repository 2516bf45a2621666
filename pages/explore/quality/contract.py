"""The data contract on the quality page: which version is in force, its editor, and the ways in and out of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from governance.evidence import RefusedInputError, canonical, sha256
from governance.quality import (
    Contract,
    Expectation,
    Expectations,
    QualityParameters,
    Row,
    check_list,
    expectation as expected,
    formats,
    label_of,
    rows_of,
)
from governance.workflow.monitoring import Version, contract as verbs
from governance.workflow.workspace import current_workspace
from pages._ui import errors, evidence, headings, runs, session, tables, tongue, workspace
from pages._ui.choices import Picked
from pages._ui.text import join, plain, shown

_GOING: Final = "countersign.contract.run"
_LARGEST: Final = 2_000_000
"""Bytes of a file of expectations."""
_HEIGHT: Final = 460


def in_force(picked: Picked) -> Version | None:
    """Return the version that the picked data are held against, None when nobody has put one to use."""
    holder = picked.reference or picked.data
    return verbs.in_force(current_workspace.current(), holder) if holder else None


def asked(version: Version | None) -> QualityParameters:
    """Return the parameters of the checks under a version."""
    return QualityParameters(version.contract.expectations if version else None)


def section(picked: Picked, version: Version | None) -> None:
    """Draw which expectations are in force and, folded, the editor."""
    holder = picked.reference or picked.data
    named = plain((picked.reference_label if picked.reference else picked.data_label) or "these data")
    st.subheader(tongue.say("What is expected of these data"), anchor=False)
    if version is None:
        st.markdown(
            tongue.say(
                "Nobody has put a data contract to use for {named} yet. Until then what the data suggest is checked, "
                "and no person has agreed to it.",
                named=named,
            )
        )
    else:
        _words(version, named)
    _follow()
    with st.expander(tongue.say("Edit, import or export the expectations"), key="contract", on_change="rerun") as box:
        if box.open:
            before = _before(holder, picked, version)
            if before is not None:
                _edit(holder, before, version)


def _words(version: Version, named: str) -> None:
    count, failed = len(version.contract.expectations.expectations), version.contract.failed
    st.markdown(
        tongue.say(
            "**Version {number}** for {named}: {count} expectations, put to use by {actor} on {time}, ledger entry {index}.",
            number=version.number,
            named=named,
            count=count,
            actor=plain(_who(version.actor)),
            time=version.time[:10],
            index=version.index,
        )
    )
    if failed:
        kinds = join(list(dict.fromkeys(label_of(item.check).lower() for item in failed))[:5])
        headings.aside(
            tongue.say(
                "The data that it was written for fail {failed} of them themselves: {kinds}.",
                failed=len(failed),
                kinds=kinds,
            )
        )
    if version.contract.not_run:
        headings.aside(
            tongue.say("{not_run} of them cannot be run on that data.", not_run=len(version.contract.not_run))
        )


def _who(actor: str) -> str:
    return {item.id: item.name for item in workspace.members()}.get(actor, "a guest" if actor == "service" else actor)


def _follow() -> None:
    """Draw the run that records a new version, and forget it once it is done."""
    key = st.session_state.get(_GOING)
    run = workspace.run(key, session.person()) if key else None
    if run is None or run.state == "done":
        st.session_state.pop(_GOING, None)
        return
    runs.follow(run, "The new version")


def _before(holder: str, picked: Picked, version: Version | None) -> Expectations | None:
    """Return what the editor begins with: an imported file, else the version in force, else what the data suggest."""
    upload = st.file_uploader(
        tongue.say("Begin with a file"),
        type=["toml", "json"],
        max_upload_size=2,
        key="contract-file",
        help=tongue.say(
            "Expectations as TOML or JSON, a Great Expectations suite, or a pandera schema written with schema.to_json(). "
            "What has no counterpart here is kept, shown as not run, and named."
        ),
    )
    if upload is not None:
        brought: Expectations | None = None
        with errors.caught():
            brought = _imported(bytes(upload.getbuffer()))
        return brought  # noqa: RET504 - the block above may end without one
    if version is not None:
        return version.contract.expectations
    alone = replace(picked, model="", data=holder, reference="", cohort="")
    stored = evidence.need(verbs.METHOD, alone)
    found = evidence.result(stored, Contract) if stored is not None else None
    return found.expectations if found else None


def _imported(data: bytes) -> Expectations:
    if len(data) > _LARGEST:
        raise RefusedInputError(f"The file has {len(data):,} bytes; at most {_LARGEST:,}.", "Give fewer expectations.")
    try:
        found = formats.read(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RefusedInputError("The file is no text in UTF-8.", "Save it as UTF-8.") from error
    foreign = [item for item in found.expectations if item.check == "foreign"]
    if foreign:
        names = join(list(dict.fromkeys(item.text for item in foreign))[:8])
        st.warning(
            tongue.say(
                "{foreign} of {expectations} expectations have no counterpart here and will not be run: {names}.",
                foreign=len(foreign),
                expectations=len(found.expectations),
                names=plain(names),
            ),
            icon=":material/help:",
        )
    return found


def _edit(holder: str, before: Expectations, version: Version | None) -> None:
    """Draw the table, and put what it says to use when asked."""
    items = before.expectations
    headings.aside(
        tongue.say(
            "One row, one expectation; add a row at the end, mark rows to delete them. To leave a cell empty means "
            "that the check needs none."
        )
    )
    begun = sha256(canonical(expected.to_json(before)))[:16]
    changed = st.data_editor(
        _frame(items), num_rows="dynamic", hide_index=True, height=_HEIGHT, key=f"contract-{begun}",
        column_order=("check", "column", "percent", "low", "high", "values", "text"), column_config=_settings(holder),
        alt="Expectations, one per row, to be edited", placeholder="",
    )  # fmt: skip
    name = st.text_input(
        tongue.say("What these expectations are called"), before.name, max_chars=100, key="contract-name"
    )
    number = version.number + 1 if version else 1
    with errors.caught():
        wanted = verbs.edited(current_workspace.current(), holder, _rows(changed), items)
        _save(holder, wanted, name, number)
        _downloads(Expectations(name, number, holder, wanted))


def _save(holder: str, wanted: tuple[Expectation, ...], name: str, number: int) -> None:
    st.caption(
        tongue.say(
            "{wanted} expectations. A version that is in force stays in the ledger when a later one replaces it.",
            wanted=len(wanted),
        )
    )
    if not session.may_act(tongue.say("Members put a contract to use.")):
        return
    if not st.button(
        tongue.say("Put to use as version {number}", number=number),
        type="primary",
        icon=":material/fact_check:",
        key="contract-put",
    ):
        return
    actor = session.actor()
    answer = verbs.put(current_workspace.current(), holder, wanted, name, actor=actor)
    st.session_state[_GOING] = getattr(answer, "key", "")
    st.rerun()


def _frame(items: Sequence[Expectation]) -> pd.DataFrame:
    rows = rows_of(items)
    return pd.DataFrame(
        {
            "entry": pd.Series([row.entry for row in rows], dtype="Int64"),
            "check": [label_of(row.check) for row in rows],
            "column": [row.column for row in rows],
            "percent": pd.Series([row.percent for row in rows], dtype="float64"),
            "low": pd.Series([row.minimum for row in rows], dtype="float64"),
            "high": pd.Series([row.maximum for row in rows], dtype="float64"),
            "values": [list(row.values) for row in rows],
            "text": [row.text for row in rows],
        }
    )


def _settings(holder: str) -> dict[str, Any]:
    checks = st.column_config.SelectboxColumn(
        "Check",
        options=[check.label for check in check_list.CHECKS],
        help="  \n".join(f"{check.label}: {check.question}" for check in check_list.CHECKS),
    )
    number = st.column_config.NumberColumn
    return {
        "check": checks,
        "column": st.column_config.SelectboxColumn(
            "Column", options=["", *workspace.columns(holder)], help="Empty: whole table."
        ),
        "percent": number("May break it, % of rows", min_value=0.0, max_value=100.0),
        "low": number("Smallest", help="Of a range; for a rare label its smallest share."),
        "high": number(
            "Largest",
            help="Of a range; the strength from which leakage and order fail; the median before a change of unit.",
        ),
        "values": st.column_config.ListColumn("Known values"),
        "text": tables.words("Kind, rule or moment", wide=True),
    }


def _rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of the edited table; what a cell lacks is empty."""
    ids = {check.label: check.id for check in check_list.CHECKS}
    return [
        Row(
            entry=_whole(cells["entry"]),
            check=ids.get(_text(cells["check"]), _text(cells["check"])),
            column=_text(cells["column"]),
            percent=_number(cells["percent"]) or 0.0,
            minimum=_number(cells["low"]),
            maximum=_number(cells["high"]),
            values=tuple(map(str, cells["values"])) if isinstance(cells["values"], list) else (),
            text=_text(cells["text"]),
        )
        for cells in frame.to_dict("records")
    ]


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _downloads(found: Expectations) -> None:
    from governance.quality import great_expectations, pandera_schema

    suite, no_suite = great_expectations.to_suite(found)
    script, no_script = pandera_schema.to_script(found)
    files = (
        ("TOML", expected.to_toml(found).encode(), "expectations.toml", "application/toml"),
        ("Great Expectations suite", canonical(suite), "suite.json", "application/json"),
        ("pandera schema", script.encode(), "schema.py", "text/x-python"),
    )
    with st.container(horizontal=True):
        for label, data, name, kind in files:
            st.download_button(label, data, name, kind, icon=":material/download:", key=f"contract-{name}")
    for tool, left in (("a Great Expectations suite", no_suite), ("a pandera schema", no_script)):
        if left:
            kinds = join(list(dict.fromkeys(label_of(item.check).lower() for item in left)))
            headings.aside(
                tongue.say(
                    "{left} expectations cannot be written as {tool}: {kinds}.",
                    left=len(left),
                    tool=tool,
                    kinds=shown(kinds, 300),
                )
            )
