"""The effect for every share at once, against draws: nothing is simulated where it can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from governance.evidence.evidence import silent
from governance.stress.corruption import Corruption
from governance.stress.report import VariantsReport
from governance.stress.spec import StressVariants
from governance.stress.variants import variants
from tests.stress.making import made


@pytest.mark.parametrize("kind", ["missing", "sign"])
def test_the_closed_form_meets_the_mean_and_the_spread_of_300_draws(kind: str) -> None:
    case = made("boosted")
    plan = (Corruption(kind, ("income",), share=1.0),)
    found = variants(
        case.subject, StressVariants(corruptions=plan), rng=np.random.default_rng(2), progress=silent
    ).result
    assert isinstance(found, VariantsReport)
    curve = found.variants[0].curve
    assert curve is not None
    label = (case.frame["good"] == "yes").to_numpy()
    broken = case.frame.assign(income=np.nan if kind == "missing" else -case.frame["income"])
    before, after = (case.model.predict(rows).score[:, 1] >= 0.5 for rows in (case.frame, broken))
    rng = np.random.default_rng(0)
    for share in (0.05, 0.2, 0.5):
        struck = rng.random((300, len(label))) < share
        drops = (np.where(struck, after, before) == label).mean(axis=1) - (before == label).mean()
        spread = np.sqrt(share * (1 - share) * curve.square / curve.rows)
        assert drops.mean() == pytest.approx(share * curve.change, abs=4 * spread / np.sqrt(300))
        assert drops.std() == pytest.approx(
            spread, rel=0.17
        )  # four standard errors of a standard deviation of 300 draws


def test_at_share_1_the_curve_is_the_whole_effect() -> None:
    plan = (Corruption("sign", ("income",), share=1.0),)
    found = variants(
        made("forest").subject, StressVariants(corruptions=plan), rng=np.random.default_rng(2), progress=silent
    ).result
    assert isinstance(found, VariantsReport)
    item = found.variants[0]
    own = item.effect("accuracy")
    assert item.curve is not None
    assert own is not None
    assert own.change == pytest.approx(item.curve.change)
    assert item.curve.change == pytest.approx((item.mended - item.broken) / 900)
