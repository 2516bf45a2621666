"""Local Law 144 on the screen: impact ratios in both forms, the public summary to take away, and tables of others checked."""

from __future__ import annotations

from typing import Final, Literal

import pandas as pd
import streamlit as st

from governance.evidence import CountersignError, Evidence
from governance.fairness import CellCheck, ImpactRatio, ImpactReport, ImpactTable, public_summary, published
from pages._ui import errors, headings, tables, tongue
from pages._ui.choices import Picked
from pages._ui.evidence import need, result
from pages._ui.text import join, plain, shown

_FORMS: Final[dict[str, Literal["selection_rate", "scoring_rate"]]] = {
    "Share selected": "selection_rate",
    "Share scored above the median": "scoring_rate",
}


def section(picked: Picked) -> None:
    """Draw the ratios of the chosen form, the public summary of both, and the checker of published tables."""
    form = st.segmented_control(
        tongue.say("Counted"), list(_FORMS), default=next(iter(_FORMS)), key="form", bind="query-params", required=True
    )
    one, two = st.columns([2, 3], vertical_alignment="bottom")
    keep = one.toggle(tongue.say("Keep categories under 2 % of the data"), key="keep-small")
    why = "" if keep else two.text_input(
        tongue.say("Why categories under 2 % are excluded"), key="why-small", max_chars=500,
        placeholder=tongue.say("a standard sentence when left empty"),
    )  # fmt: skip
    found: dict[str, ImpactReport] = {}
    for name in _FORMS.values():
        parameters = ImpactRatio(form=name, keep_small=keep, justification=why.strip())
        shown_now = name == _FORMS.get(form or "", "selection_rate")
        if not shown_now and not st.session_state.get("summary-wanted"):
            continue
        evidence = need("fairness.impact_ratio", picked, parameters)
        report = result(evidence, ImpactReport) if evidence else None
        if evidence is not None and report is not None:
            found[name] = report
            if shown_now:
                impact(report, evidence)
    _summary(found)
    _checker()


def impact(found: ImpactReport, evidence: Evidence) -> None:
    """Draw the tables of Local Law 144."""
    flagged = [(group, table) for table in found.tables for group in table.groups if group.below_four_fifths]
    voice = tongue.voice()
    named = voice.join([f"{plain(group.category)} ({voice.number(group.impact_ratio)})" for group, _ in flagged[:5]])
    st.markdown(
        tongue.say(
            "Below four fifths of the best rate: {named} and more."
            if len(flagged) > 5
            else "Below four fifths of the best rate: {named}.",
            named=named,
        )
        if flagged
        else tongue.say("No category lies below four fifths of the rate of the category with the highest one.")
    )
    for text in found.notices:
        headings.aside(plain(text, 1000))
    for table in found.tables:
        _table(table)
    dates = ""
    if found.first_date:
        first, last = (voice.day(plain(day or "")) for day in (found.first_date, found.last_date))
        dates = voice.say("Data from {first} to {last}.", first=first, last=last) + " "
    used = tables.rows_used(found.rows)
    headings.aside(f"{dates}{plain(used[:1].upper() + used[1:], 500)}.")
    tables.provenance(evidence, "impact")


def _table(table: ImpactTable, key: str = "impact") -> None:
    st.markdown(f"**{plain(table.name)}**")
    frame = pd.DataFrame(
        {
            "category": [shown(group.category) for group in table.groups],
            "applicants": [group.applicants for group in table.groups],
            "selected": [group.selected for group in table.groups],
            "rate": [group.rate for group in table.groups],
            "ratio": [group.impact_ratio for group in table.groups],
            "state": [public_summary.state(group) for group in table.groups],
        }
    )
    columns = {
        "category": tables.words("Category"),
        "applicants": tables.count("Applicants"),
        "selected": tables.count("Selected"),
        "rate": tables.share("Rate", "selection_rate"),
        "ratio": tables.figures("Impact ratio", "impact_ratio"),
        "state": tables.words("Four-fifths rule", "impact_ratio"),
    }
    tables.table(frame, f"Impact ratios by {shown(table.name)}", columns, key=f"{key}-{table.name}")
    voice = tongue.voice()
    reference = (
        voice.say("Compared with {reference}.", reference=plain(table.reference))
        if table.reference
        else voice.say("Nobody was selected.")
    )
    unknown = voice.say("Category unknown: {n}.", n=voice.whole(table.unknown))
    headings.aside(f"{reference} {unknown} {plain(table.justification)}")


def _summary(found: dict[str, ImpactReport]) -> None:
    """Draw the public summary, with what only a person knows, and the ways to take it away."""
    with st.expander(tongue.say("Public summary to take away"), key="summary", on_change=_want) as box:
        if not box.open or not found:
            return
        one, two, three = st.columns(3)
        about = public_summary.About(
            tool=one.text_input(tongue.say("Name of the tool"), max_chars=200, key="summary-tool"),
            audited=two.text_input(
                tongue.say("Date of the audit"),
                placeholder="YYYY-MM-DD",
                max_chars=10,
                key="summary-audited",
            ),
            distributed=three.text_input(
                tongue.say("Distribution date"), placeholder="YYYY-MM-DD", max_chars=10, key="summary-given"
            ),
            source=st.text_area(
                tongue.say("Source of the data, and why they were used"),
                max_chars=2000,
                height=80,
                key="summary-source",
            ),
        )
        reports = list(found.values())
        st.markdown(
            "  \n".join(
                f"**{plain(name)}**: {plain(words, 2000)}" for name, words in public_summary.facts(reports, about)
            )
        )
        absent = [label.lower() for label, name in _FORMS.items() if name not in found]
        if absent:
            headings.aside(
                tongue.say("Not in it: {absent}; it could not be counted, as said above.", absent=join(absent))
            )
        with st.container(horizontal=True):
            for kind in public_summary.FORMATS:
                st.download_button(
                    kind.upper(), public_summary.write(kind, reports, about), f"public-summary.{kind}",
                    public_summary.MEDIA[kind], icon=":material/download:",
                )  # fmt: skip


def _want() -> None:
    """Remember that the summary is open, so that both forms are counted; hidden, the second one costs nothing."""
    st.session_state["summary-wanted"] = True


@st.fragment
def _checker() -> None:
    """Draw the checker of a table that somebody else published."""
    with st.expander(tongue.say("Check a table that somebody else published"), key="checker", on_change="rerun") as box:
        if not box.open:
            return
        text = st.text_area(
            tongue.say("The table as CSV"), height=140, max_chars=100_000, key="published",
            placeholder="category,applicants,selected,rate,impact_ratio\nWhite,80,48,60%,1.00\nBlack,40,12,30%,0.50",
            help=tongue.say("Columns category, applicants, selected; and, to be checked, rate and impact_ratio as they were published."),
        )  # fmt: skip
        keep = st.toggle(tongue.say("It keeps categories under 2 %"), key="published-small")
        if not text.strip():
            return
        try:
            found = published.check(text, keep_small=keep)
        except CountersignError as error:
            errors.advise(error)
            return
        for note in found.notes:
            st.markdown(f":material/info: {plain(note, 400)}")
        _verdict(found.cells)
        if found.table.groups:
            _table(found.table, "published")


def _verdict(cells: tuple[CellCheck, ...]) -> None:
    wrong = [cell for cell in cells if cell.reproduces == "no"]
    open_ = sum(cell.reproduces == "not_checkable" for cell in cells)
    if len(cells) == open_:
        st.markdown(
            tongue.say(
                "No rate or ratio of the table can be checked: it lacks the numbers that they would follow from."
            )
        )
        return
    voice, checked = tongue.voice(), len(cells) - open_
    verdict = voice.count(
        checked,
        ":material/check_circle: The one published cell that can be checked follows from the table.",
        ":material/check_circle: All {n} published cells that can be checked follow from the table.",
    )
    if wrong:
        verdict = voice.say(
            ":material/error: {wrong} of {checked} published cells do not follow from the table.",
            wrong=len(wrong),
            checked=checked,
        )
    rest = " " + voice.count(open_, "1 cell cannot be checked.", "{n} cells cannot be checked.") if open_ else ""
    st.markdown(verdict + rest)
    for cell in wrong:
        st.markdown(
            voice.say(
                "- {category}, {column}: published {published}, computed {computed}.",
                category=plain(cell.category),
                column=cell.column.replace("_", " "),
                published=plain(cell.published),
                computed=voice.say("no such number") if cell.computed is None else voice.number(cell.computed, 4),
            )
        )
