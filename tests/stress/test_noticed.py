"""Who would notice an error, and from which share of rows on: held against whole broken tables, each sign at every share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from governance.data.in_memory import InMemory
from governance.evidence.evidence import silent
from governance.runs.monitored import monitored
from governance.stress import words
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.noticed import SHARES
from governance.stress.report import Variant, VariantsReport
from governance.stress.spec import StressVariants
from governance.stress.strike import Strike, strike
from governance.stress.variants import variants, whole_run
from governance.subject.subject import Scores, Subject
from tests.stress.making import Made, made, people

ERRORS = (
    Corruption("unit", ("income",), share=0.05, setting={"factor": 1000.0}),
    Corruption("sign", ("income",), share=0.05),
    Corruption("code", ("visits",), share=0.05, setting={"code": 999.0}),
    Corruption("swap", ("age", "income"), share=0.05),
)


def watched(case: Made) -> Subject:
    reference = InMemory(people(1500, seed=8).tail(900).reset_index(drop=True), case.subject.data.schema)
    return replace(case.subject, reference=reference, monitor=monitored)


def listed(subject: Subject, errors: tuple[Corruption, ...], **more: Any) -> VariantsReport:
    parameters = replace(StressVariants(corruptions=errors, curves=False, whole_runs=0), **more)
    found = variants(subject, parameters, rng=np.random.default_rng(3), progress=silent).result
    assert isinstance(found, VariantsReport)
    return found


def by_whole_tables(case: Made, subject: Subject, item: Variant, seed: int) -> tuple[float | None, ...]:
    """Return the first share at which drift, contract and scores see a table that is broken as a whole, and did not see the clean one."""
    assert subject.reference is not None
    names, used = list(item.corruption.columns), case.model.signature.columns
    before = case.model.predict(subject.reference.frame(used)).score[:, 1]

    def sight(share: float) -> tuple[set[str], set[str], bool]:
        frame = case.frame
        if share:
            struck = strike(replace(item.corruption, share=share), Columns(subject.data), seed, minimum=1, used=used)
            assert isinstance(struck, Strike)
            frame = whole_run(frame, struck, struck.rows)
        seen = monitored(subject, frame[names], "", Scores(before, case.model.predict(frame).score[:, 1]))
        return set(seen.moved), set(seen.failed), seen.scores == "material"

    clean, looks = sight(0), [(share, sight(share)) for share in SHARES]
    signs = (
        lambda look: bool(look[0] - clean[0]),
        lambda look: bool(look[1] - clean[1]),
        lambda look: look[2] and not clean[2],
    )
    return tuple(next((share for share, look in looks if sign(look)), None) for sign in signs)


def test_each_sign_is_told_the_smallest_share_at_which_a_whole_broken_table_shows_it() -> None:
    case = made("boosted")
    subject = watched(case)
    found = listed(subject, ERRORS)
    told = []
    for item in found.variants:
        assert item.noticed is not None
        own = (item.noticed.drift_from, item.noticed.contract_from, item.noticed.scores_from)
        assert own == by_whole_tables(case, subject, item, found.seed), item.name
        known = [share for share in own[:2] if share is not None]
        assert item.noticed.smallest_share_seen == min(known, default=None)
        told.append(own)
    assert len(set(told)) > 2, "the errors are not seen alike"


def test_scores_are_not_looked_at_where_the_rows_do_not_fit_into_a_block() -> None:
    item = listed(watched(made("boosted")), ERRORS[:1], block_rows=400).variants[0]
    assert item.noticed is not None
    assert (item.noticed.scores, item.noticed.scores_from) == ("", None)
    assert "scores" not in words.signs(item)


def test_the_signs_are_told_in_words() -> None:
    item = listed(watched(made("boosted")), ERRORS[:1]).variants[0]
    assert item.noticed is not None
    quiet = replace(item.noticed, drift_from=0.02, contract_from=None, scores="none", scores_from=0.5)
    assert words.signs(replace(item, noticed=quiet)) == "drift from 2.00%, contract never, scores from 50.00%"
    assert words.signs(replace(item, noticed=None)) == ""


def test_a_model_whose_columns_the_reference_lacks_has_no_scores_to_compare() -> None:
    case = made("boosted")
    subject = watched(case)
    assert subject.reference is not None
    without = InMemory(subject.reference.frame(("age", "income", "sex", "good")), case.subject.data.schema)
    item = listed(replace(subject, reference=without), ERRORS[:1]).variants[0]
    assert item.noticed is not None
    assert item.noticed.scores == ""
    assert item.noticed.seen


def test_both_engines_see_the_same_scores() -> None:
    asked = (listed(watched(made("boosted")), ERRORS, engine=engine) for engine in ("trees", "ask_again"))
    trees, again = ([item.noticed for item in found.variants] for found in asked)
    assert trees == again
