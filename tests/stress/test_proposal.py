"""A check is proposed for what nothing notices; its limits, where it fires and its false alarms are what counting says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from governance.data import from_table
from governance.evidence import NotAssessed
from governance.quality import Expectations, QualityParameters, expectation, formats
from governance.quality.checks import run as checks
from governance.runs import draft, expectation_of
from governance.runs.monitored import monitored
from governance.stress import ProposedCheck, words
from governance.stress.columns import Columns
from governance.stress.corruption import Corruption
from governance.stress.noticed import SHARES, Watch
from governance.stress.proposal import limits, proposal
from governance.stress.strike import Strike, strike
from governance.subject import Schema, Subject
from tests.stress.making import people


def data(frame: pd.DataFrame) -> object:
    return from_table(pa.Table.from_pandas(frame, preserve_index=False), Schema())


def pair(rows: int, seed: int) -> pd.DataFrame:
    """Return two columns with the same range, the first mostly the larger one."""
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 60, rows).astype(float)
    high = np.minimum(low + rng.integers(1, 40, rows), 99.0)
    turned = rng.random(rows) < 0.03  # a few go the other way, so that both columns have one range
    low, high = np.where(turned, high, low), np.where(turned, low, high)
    low[:2], high[:2] = (0.0, 99.0), (99.0, 0.0)
    return people(rows, seed=seed).assign(high=high, low=low)


def found(corruption: Corruption, rows: int = 2000) -> ProposedCheck | NotAssessed:
    now, before = (Columns(data(pair(rows, seed))) for seed in (1, 2))  # type: ignore[arg-type]
    struck = strike(replace(corruption, share=1.0), now, 7, minimum=1, used=("age", "income", "high", "low", "city"))
    assert isinstance(struck, Strike)
    return proposal(struck, before, SHARES)


def check_of(corruption: Corruption) -> ProposedCheck:
    item = found(corruption)
    assert isinstance(item, ProposedCheck)
    return item


def test_each_sort_of_error_gets_the_check_that_counts_it() -> None:
    swap = check_of(Corruption("swap", ("high", "low")))
    assert (swap.check, swap.column, swap.other) == ("column_order", "high", "low")
    code = check_of(Corruption("code", ("income",), setting={"code": 33.0}))
    assert (code.check, code.column, code.value) == ("value_share", "income", "33")
    gone = check_of(Corruption("missing", ("age",)))
    assert (gone.check, gone.minimum) == ("missing", 0.0)
    word = check_of(Corruption("frequent", ("city",)))
    assert (word.check, word.value) == ("value_share", "Aachen")
    nothing = found(Corruption("noise", ("income",)))
    assert isinstance(nothing, NotAssessed)
    assert "No check of today" in nothing.reason


@pytest.mark.parametrize("kind", ["swap", "code", "missing"])
def test_a_proposed_check_in_force_fails_from_its_share_on_and_not_before(kind: str) -> None:
    """Held by the product's own checks on the broken table: nothing of the proposal's counting is used again."""
    columns = ("high", "low") if kind == "swap" else ("income",)
    corruption = Corruption(kind, columns, setting={"code": 33.0} if kind == "code" else {})
    item, frame = check_of(corruption), pair(2000, 1)
    assert item.fires_from is not None
    own = Columns(data(frame))  # type: ignore[arg-type]
    expected = Expectations(expectations=(expectation_of(item),))
    outcomes = {}
    for share in (0.0, *SHARES):
        broken = frame.copy()
        if share:
            struck = strike(replace(corruption, share=share), own, 7, minimum=1, used=columns)
            assert isinstance(struck, Strike)
            for change in struck.changes(struck.rows):
                broken.loc[struck.rows, change.column] = change.each()
        report = checks(
            Subject(data(broken)),
            QualityParameters(expected),
            rng=np.random.default_rng(0),
            progress=lambda *_: None,  # type: ignore[arg-type]
        ).result
        outcomes[share] = report.checks[0].outcome  # type: ignore[union-attr]
    assert [share for share, outcome in outcomes.items() if outcome == "failed"] == [
        share for share in SHARES if share >= item.fires_from
    ]


def test_limits_hold_all_but_one_in_a_thousand_batches() -> None:
    low, high, alarms = limits(100, 1000, 500)
    assert low < 50 < high
    assert 0 < alarms <= 0.001
    rng = np.random.default_rng(0)
    shares = rng.beta(100.5, 900.5, 40_000)
    outside = np.mean([not low <= count <= high for count in rng.binomial(500, shares)])
    assert outside == pytest.approx(alarms, abs=0.0006)
    assert limits(0, 1000, 500)[0] == 0
    assert limits(1000, 1000, 500)[1] == 500


def test_a_draft_follows_the_contract_and_is_read_back_from_its_file() -> None:
    swap, code = check_of(Corruption("swap", ("high", "low"))), check_of(Corruption("code", ("income",)))
    gone = check_of(Corruption("missing", ("age",)))
    before = draft(Expectations(name="mine"), [gone])
    after = draft(before, [swap, code, swap, replace(gone, maximum=0.5)])
    assert (after.name, after.version) == ("mine", 3)
    assert [item.check for item in after.expectations] == ["column_order", "value_share", "missing"]
    assert after.expectations[-1].share == 0.5
    assert formats.read(expectation.to_toml(after)).expectations == after.expectations


def test_monitoring_notices_an_error_once_its_check_is_in_force() -> None:
    now, before = data(pair(2000, 1)), data(pair(2000, 2))
    corruption = Corruption("swap", ("high", "low"), share=0.05)
    subject = Subject(data=now, reference=before)  # type: ignore[arg-type]
    silent = Watch(subject, Columns(now), 7, monitor=monitored).notice(corruption)  # type: ignore[arg-type]
    assert silent is not None
    assert not silent.seen
    assert silent.proposal is not None
    assert silent.proposal.fires_from is not None
    assert silent.proposal.fires_from <= 0.05
    import json

    contract = json.dumps(expectation.to_json(draft(Expectations(), [silent.proposal])))
    seen = Watch(subject, Columns(now), 7, monitor=monitored, contract=contract).notice(corruption)  # type: ignore[arg-type]
    assert seen is not None
    assert seen.seen
    assert seen.contract == ("column_order(high)",)
    assert seen.proposal is None
    assert "may hold more in high than in low" in words.proposed_check(silent.proposal)
