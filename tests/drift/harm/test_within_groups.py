"""A column that moved in one group only is found there, and small groups get no verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from governance.drift.columns.limits import Limits
from governance.drift.harm.within_groups import MOST_GROUPS, within
from governance.drift.results.group_drift import GroupDrift
from governance.evidence.codec import decode, encode
from governance.evidence.evidence import silent

COLUMNS = ("age", "colour", "sex")


def window(rng: np.random.Generator, rows: int = 4_000, *, shift: float = 0.0, gaps: float = 0.0) -> pd.DataFrame:
    """Return rows of three groups, the last one tiny; `shift` moves the age of women, `gaps` empties the colour of men."""
    sex = np.concatenate([rng.choice(["F", "M"], rows), ["X"] * 12])
    age = rng.normal(40, 10, len(sex)) + shift * (sex == "F")
    colour = np.where((sex == "M") & (rng.random(len(sex)) < gaps), None, rng.choice(["red", "blue"], len(sex)))
    return pd.DataFrame({"age": age, "colour": colour, "sex": sex})


def compared(before: pd.DataFrame, after: pd.DataFrame, sensitive: tuple[str, ...] = ("sex",)) -> list[GroupDrift]:
    found, _ = within(
        before, after, sensitive, COLUMNS, np.random.default_rng(0), limits=Limits(), correction="bh", alpha=0.05, progress=silent
    )  # fmt: skip
    return list(found)


def by_place(found: list[GroupDrift]) -> dict[tuple[str, str], GroupDrift]:
    return {(item.column, item.group): item for item in found}


def test_a_move_in_one_group_is_found_there_and_nowhere_else() -> None:
    rng = np.random.default_rng(1)
    found = by_place(compared(window(rng), window(rng, shift=5.0, gaps=0.2)))
    assert found["age", "F"].verdict == "material"
    assert found["age", "F"].effect == pytest.approx(0.5, abs=0.08)
    assert found["age", "F"].effect > found["age", "F"].noise_floor
    assert found["age", "M"].verdict == "none"
    assert found["colour", "M"].verdict == "material"
    assert (found["colour", "M"].test, found["colour", "F"].verdict) == ("missing", "none")
    assert ("sex", "F") not in found


def test_rows_are_counted_and_a_small_group_is_no_group_without_drift() -> None:
    rng = np.random.default_rng(2)
    before, after = window(rng), window(rng, shift=5.0)
    found = by_place(compared(before, after))
    assert (found["age", "F"].n_reference, found["age", "F"].n_current) == (
        int((before["sex"] == "F").sum()),
        int((after["sex"] == "F").sum()),
    )
    small = found["age", "X"]
    assert (small.verdict, small.effect, small.noise_floor) == ("cannot_tell", None, None)
    assert small.reason == "Not enough data: 12 rows in the reference and 12 rows in the current window, fewer than 30."


def test_people_of_unknown_group_are_a_group() -> None:
    rng = np.random.default_rng(3)
    before, after = window(rng), window(rng)
    for frame in (before, after):
        frame.loc[frame.index[:400], "sex"] = None
    assert by_place(compared(before, after))["age", "unknown"].n_current == 400


def test_without_drift_groups_raise_few_alarms() -> None:
    rng = np.random.default_rng(4)
    alarmed = 0
    for _ in range(40):
        found = compared(window(rng, 600), window(rng, 600))
        alarmed += any(item.verdict in ("small", "material") for item in found)
    assert alarmed <= 5  # 40 times at most 5 per cent is 2 expected; 6 or more has a chance under 2 per cent


def test_what_is_left_out_is_said() -> None:
    rng = np.random.default_rng(5)
    before, after = window(rng), window(rng)
    before["town"] = after["town"] = [f"town {index % 20:02d}" for index in range(len(before))]
    found, left = within(
        before, after, ("town", "lost"), ("age",), rng, limits=Limits(), correction="bh", alpha=0.05, progress=silent
    )
    assert len({item.group for item in found}) == MOST_GROUPS
    assert "8 smaller groups of town are left out" in left
    assert "only one window has lost" in left


def test_the_result_survives_the_codec() -> None:
    rng = np.random.default_rng(6)
    (first, *_) = compared(window(rng), window(rng))
    assert decode(GroupDrift, encode(first)) == first
