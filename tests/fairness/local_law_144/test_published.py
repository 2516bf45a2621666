"""Tables as employers publish them: rates without counts, totals, people who did not tell, other references."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.fairness.local_law_144.published import check
from governance.fairness.local_law_144.published_table import read_table


def verdicts(text: str) -> dict[tuple[str, str], str]:
    return {(cell.category, cell.column): cell.reproduces for cell in check(text).cells}


@pytest.mark.parametrize("name", ["Total", "ALL APPLICANTS", "overall", "Everybody together"])
def test_the_total_is_no_category_whatever_it_is_called(name: str) -> None:
    found = check(
        f"category,applicants,selected,impact_ratio\nWhite,500,250,1.00\nBlack,470,200,0.85\nAsian,30,9,0.60\n{name},1000,459,\n"
    )
    assert [group.category for group in found.table.groups] == ["White", "Black", "Asian"]
    assert found.table.groups[2].below_four_fifths  # 9/30 = .60 of 250/500, and 3 % of the people: not excluded
    assert any(repr(name) in note for note in found.notes)


@pytest.mark.parametrize(
    "name", ["Prefer not to say", "Unknown", "Did not disclose", "Not specified", "Decline to self-identify", ""]
)
def test_people_who_did_not_tell_are_counted_and_are_no_category(name: str) -> None:
    found = check(f"category,applicants,selected\nMale,100,50\nFemale,90,40\n{name},17,9\n")
    assert (found.table.unknown, len(found.table.groups)) == (17, 2)


def test_rates_without_counts_are_taken_as_printed() -> None:
    text = (
        "Sex;# of Applicants;Selection Rate;Impact Ratio\nMale;1000;50%;1.00\nFemale;900;46%;0,92\nOther;20;30%;0.80\n"
    )
    assert verdicts(text) == {
        ("Male", "rate"): "not_checkable", ("Male", "impact_ratio"): "yes",
        ("Female", "rate"): "not_checkable", ("Female", "impact_ratio"): "yes",  # between 45.5/50.5 = .901 and 46.5/49.5 = .939
        ("Other", "rate"): "not_checkable", ("Other", "impact_ratio"): "no",  # at most 30.5/49.5 = .616
    }  # fmt: skip
    assert check(text).best == "Male"


def test_cells_without_numbers_are_not_checkable() -> None:
    text = "category,applicants,selected,rate,impact_ratio\nA,1200,600,50%,1.00\nB,1000,450,45%,0.90\nC,<11,N/A,N/A,*\n"
    found = verdicts(text)
    assert found[("B", "impact_ratio")] == "yes"
    assert found[("C", "rate")] == found[("C", "impact_ratio")] == "not_checkable"


def test_another_reference_than_the_best_rate_is_found_and_said() -> None:
    found = check("category,applicants,selected,impact_ratio\nWhite,1000,300,1.00\nBlack,900,333,1.23\n")
    assert (found.best, found.reference_found) == ("Black", "White")  # .37 / .30 = 1.233
    assert [cell.reproduces for cell in found.cells] == ["yes", "yes"]
    assert "'White' as the reference" in found.notes[0]


def test_a_ratio_that_follows_from_no_reference_is_wrong() -> None:
    found = check("category,applicants,selected,impact_ratio\nWhite,1000,300,1.00\nBlack,900,333,0.50\n")
    assert found.reference_found == ""
    assert "no" in [cell.reproduces for cell in found.cells]


def test_a_category_under_two_per_cent_is_checked_although_it_is_excluded() -> None:
    found = check("category,applicants,selected,impact_ratio\nA,1000,500,1.00\nB,990,400,0.81\nC,10,4,0.80\n")
    assert found.table.groups[2].excluded
    assert [cell.reproduces for cell in found.cells] == ["yes", "yes", "yes"]


def test_two_tables_under_one_header_are_refused() -> None:
    with pytest.raises(RefusedInputError, match="more than once"):
        read_table("sex,applicants,selected,race,applicants,selected\nm,1,1,w,1,1\n")
    with pytest.raises(RefusedInputError, match="more than once, and line 2 leaves the last one blank"):
        read_table("sex,race,applicants,selected\nm,,100,50\n,w,90,40\n")


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("Selection Rate,Impact Ratio", ("50.0,100.0", "40.0,80.0")),
        ("Selection Rate (%),Impact Ratio", ("50.0,1.00", "40.0,0.80")),
        ("Selection Rate (percent),Impact Ratio %", ("0.5,100.0", "0.4,80.0")),
    ],
)
def test_per_cent_without_its_sign_is_per_cent(names: str, cells: tuple[str, str]) -> None:
    small = cells[0].startswith("0.5")
    people = 10_000 if small else 100
    text = f"Sex,Applicants,Selected,{names}\nMale,{people},50,{cells[0]}\nFemale,{people},40,{cells[1]}\n"
    found = check(text)
    assert [cell.reproduces for cell in found.cells] == ["yes"] * 4
    assert any("is in per cent" in note for note in found.notes)


def test_a_ratio_above_one_is_no_per_cent() -> None:
    found = check("Race,Rate,Impact Ratio\nWhite,0.50,1.00\nAsian,0.60,1.20\n")
    assert [cell.reproduces for cell in found.cells if cell.column == "impact_ratio"] == ["yes", "yes"]
    assert not any("per cent" in note for note in found.notes)


def test_two_columns_of_categories_are_one_intersection() -> None:
    """The name on the left is printed once; totals and people who did not tell of either column are no category."""
    table = read_table(
        "Sex,Race,Applicants,Selected,Impact Ratio\nMale,White,100,50,1.00\n,Black,100,40,0.80\n,Total,200,90,\n"
        "Female,White,100,45,0.90\n,Unknown,7,1,\n"
    )
    assert [line.category for line in table.lines] == ["Male × White", "Male × Black", "Female × White"]
    assert table.unknown == 7


def test_titles_above_the_names_of_the_columns_are_left_out_and_said() -> None:
    table = read_table("Bias audit of a tool,,\nData of 2023,,\nSex,Applicants,Selected\nMale,100,50\nFemale,100,40\n")
    assert [line.category for line in table.lines] == ["Male", "Female"]
    assert table.notes == ("2 line(s) above the names of the columns are left out.",)
