"""The page Robustness: what a person reads about errors in the data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from streamlit.testing.v1 import AppTest

from governance.evidence.evidence import silent
from governance.stress import ProposedCheck, StagesReport, words
from governance.stress.report import Noticed, VariantsReport, WorstReport
from governance.stress.spec import StressVariants, StressWorst
from governance.stress.variants import variants
from governance.stress.worst import worst
from pages.explore.robustness import stages
from tests.stress.making import made
from tests.stress.test_stages import held, rows


@cache
def listed() -> VariantsReport:
    found = variants(made("boosted").subject, StressVariants(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, VariantsReport)
    return found


@cache
def searched() -> WorstReport:
    found = worst(made("boosted").subject, StressWorst(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, WorstReport)
    return found


def seen(*, by_drift: bool, smallest: float | None, blind: int) -> Noticed:
    return Noticed(
        drift="material" if by_drift else "small",
        drift_columns=("income",) if by_drift else (),
        contract=(),
        smallest_share_seen=smallest,
        blind_rows=blind,
        seen=by_drift,
    )


def test_the_worst_errors_are_drawn_with_intervals_and_a_table_behind() -> None:
    def page() -> None:
        from pages.explore.robustness import worst_errors
        from tests.pages.test_robustness import searched

        worst_errors.section(searched())

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    assert "450 rows, measured on 450 others" in drawn.caption[0].value.replace("\\", "")
    drawn.segmented_control[0].set_value("Errors whose values look plausible").run()
    assert not drawn.exception


def test_every_error_is_in_the_table_and_one_can_be_looked_at_by_group_and_share() -> None:
    def page() -> None:
        from pages.explore.robustness import errors_table
        from tests.pages.test_robustness import listed

        errors_table.section(listed())
        chosen = errors_table.chosen(listed())
        assert chosen is not None
        errors_table.effects(chosen)
        errors_table.shares(chosen, listed())
        errors_table.not_tried(listed())

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    table = drawn.dataframe[0].value
    assert len(table) == len(words.silent(listed()))
    assert table["harm"].is_monotonic_decreasing
    groups = set(drawn.dataframe[1].value["group"])
    assert groups == {"all rows", "sex: Female", "sex: Male"}


def test_the_lead_says_whether_monitoring_would_notice() -> None:
    report = searched()
    first = report.worst[0]
    silent_one = replace(first, noticed=seen(by_drift=False, smallest=0.2, blind=90))
    loud = replace(first, noticed=seen(by_drift=True, smallest=0.01, blind=4))
    assert "Your monitoring" not in words.worst_lead(report)
    assert "would not notice it" in words.worst_lead(replace(report, worst=(silent_one,), unnoticed=()))
    other = replace(silent_one, name="something else")
    said = words.worst_lead(replace(report, worst=(loud,), unnoticed=(other,)))
    assert "would notice it" in said
    assert "The worst that nobody would notice: something else" in said


def quiet_report() -> WorstReport:
    check = ProposedCheck(
        check="column_order", column="gain", other="_loss_", minimum=0.1, maximum=0.2, fires_from=0.01
    )
    silent_one = replace(seen(by_drift=False, smallest=0.2, blind=90), proposal=check)
    first = replace(searched().worst[0], noticed=silent_one)
    return replace(searched(), worst=(first,), unnoticed=())


def test_a_check_is_proposed_for_what_nothing_notices_and_handed_out_as_a_file() -> None:
    def page() -> None:
        from pages.explore.robustness import worst_errors
        from tests.pages.test_robustness import quiet_report

        worst_errors.section(quiet_report())

    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    said = [item.value.replace("\\", "") for item in drawn.markdown]
    assert any("may hold more in gain than in _loss_; it fails from 1.00% broken rows on" in item for item in said)


def test_the_blind_stretch_is_counted_in_people() -> None:
    report = listed()
    item = next(one for one in report.variants if one.curve is not None)
    assert "choose a reference" in words.blind_stretch(item, report)
    some = replace(item, noticed=seen(by_drift=True, smallest=0.05, blind=18))
    assert "up to 18 people" in words.blind_stretch(some, report)
    never = replace(item, noticed=seen(by_drift=False, smallest=None, blind=900))
    assert "whatever share of the 900 rows" in words.blind_stretch(never, report)
    assert words.noticed_by(some) == "drift"
    assert words.noticed_by(never) == "nobody"


def test_the_stages_of_a_file_are_listed_with_what_a_batch_breaks() -> None:
    batch = rows(300, seed=3)
    batch.loc[250:, "income"] *= 1000
    report = held(batch)
    assert isinstance(report, StagesReport)
    assert list(stages.listed(report)["outcome"][:4]) == ["leaves it", "leaves it", "as before", "leaves it"]
    assert "51 rows outside the range" in stages.found(report)["what"][0]
