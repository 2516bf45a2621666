"""One table is cut into windows, and each is held against the reference as if it had come alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import roc_auc_score

from governance.data.table import open_dataset
from governance.drift import words
from governance.drift.compare import columns as compare_columns
from governance.drift.over_time import timeline, windows
from governance.drift.results.over_time import OverTime
from governance.drift.spec import DriftParameters, OverTimeParameters
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed, silent
from governance.subject.schema import Schema
from governance.subject.subject import Subject

ROLES = Schema(target="y", positive="1", score="score", sensitive=("sex",), timestamp="seen")


def people(rng: np.random.Generator, n: int, start: str, days: int) -> pd.DataFrame:
    x = rng.normal(0, 1, n)
    score = 1 / (1 + np.exp(-x))
    seen = pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, days, n), unit="D")
    return pd.DataFrame({
        "x": x, "steady": rng.normal(0, 1, n), "sex": rng.choice(["F", "M"], n), "score": score,
        "y": (rng.random(n) < score).astype(int), "seen": seen.strftime("%Y-%m-%d"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A reference, and four months of which the third has moved and turned, and the last has no labels yet."""
    rng = np.random.default_rng(5)
    current = people(rng, 2_400, "2026-01-01", 120).sample(frac=1, random_state=1)
    march = current["seen"].str.startswith("2026-03")
    current["x"] += 0.8 * march
    current["y"] = np.where(march, 1 - current["y"], current["y"]).astype(float)
    current.loc[current["seen"] >= "2026-04-01", "y"] = np.nan
    current.iloc[:7, current.columns.get_loc("seen")] = "some day"
    return people(rng, 1_500, "2025-06-01", 90), current


def opened(folder: Path, name: str, frame: pd.DataFrame, roles: Schema = ROLES):
    path = folder / f"{name}.parquet"
    frame.to_parquet(path)
    return open_dataset(path, roles)


@pytest.fixture(scope="module")
def found(frames: tuple[pd.DataFrame, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("windows")
    subject = Subject(data=opened(folder, "current", frames[1]), reference=opened(folder, "reference", frames[0]))
    return subject, timeline.run(subject, OverTimeParameters(), rng=np.random.default_rng(0), progress=silent)


def test_the_month_that_moved_is_found_and_rows_without_a_time_are_counted(found) -> None:
    result = found[1].result
    assert [item.label for item in result.windows] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert [set(item.moved) for item in result.windows] == [set(), set(), {"x"}, {"y"}], "y: no labels yet"
    assert [(item.reason, item.rows) for item in found[1].rows.dropped] == [("no readable time", 7)]
    assert sum(item.rows for item in result.windows) == found[1].rows.used == 2_393


def test_the_metric_of_a_window_is_that_of_its_rows_alone(found, frames) -> None:
    result, current = found[1].result, frames[1]
    assert result.metric == "roc_auc"
    for item in result.windows[:3]:
        rows = current[current["seen"].str.startswith(item.label)]
        assert item.with_labels.value == pytest.approx(roc_auc_score(rows["y"], rows["score"]), abs=1e-12)
        women = rows[rows["sex"] == "F"]
        point = next(point for point in item.groups if point.group == "F")
        assert point.value.value == pytest.approx(roc_auc_score(women["y"], women["score"]), abs=1e-12)


def test_a_month_without_labels_is_expected_from_scores_and_one_that_turned_is_not_seen_by_them(found) -> None:
    march, april = found[1].result.windows[2:]
    assert (april.with_labels, april.groups) == (None, ())
    assert april.without_labels.low <= found[1].result.reference.value <= april.without_labels.high
    assert march.with_labels.high < 0.5 < march.without_labels.low


def test_windows_by_rows_judge_columns_as_a_comparison_of_the_same_rows_does(found, tmp_path, frames) -> None:
    parameters = OverTimeParameters(by="rows", size=2_400, alpha=0.05 * np.pi**2 / 6)
    one = timeline.columns(found[0], parameters, rng=np.random.default_rng(0), progress=silent).result
    assert [item.label for item in one.windows] == ["1 to 2,400"]
    both = compare_columns(found[0], DriftParameters(multivariate=False), rng=np.random.default_rng(0), progress=silent)
    assert one.windows[0].level == pytest.approx(0.05)
    assert {name: item.verdict for name, item in one.windows[0].columns.items()} == {
        item.name: item.verdict for item in both.result.columns
    }


def test_all_windows_for_ever_spend_at_most_the_bound(found) -> None:
    levels = [item.level for item in found[1].result.windows]
    assert levels == pytest.approx([0.05 * 6 / np.pi**2 / t**2 for t in (1, 2, 3, 4)])


@given(
    st.lists(st.dates(pd.Timestamp("2024-01-01").date(), pd.Timestamp("2025-12-31").date()), min_size=1, max_size=60)
)
def test_every_row_with_a_time_is_in_exactly_one_window_and_weeks_begin_on_monday(days) -> None:
    frame = pd.DataFrame({"seen": [day.isoformat() for day in days]})
    cuts, lost = windows.cut(frame, "week", "seen", 0)
    assert lost == 0
    assert sorted(np.concatenate([at for _, at in cuts]).tolist()) == list(range(len(days)))
    for label, at in cuts:
        monday = pd.Timestamp(label)
        assert monday.weekday() == 0
        assert all(0 <= (pd.Timestamp(days[index]) - monday).days < 7 for index in at)


@pytest.mark.parametrize(
    ("column", "by", "said"),
    [
        (["a", "b"], "month", "no times"),
        ([20260101, 20260102], "day", "no times"),
        ([f"{1000 + year}-01-01" for year in range(500)], "day", "more than 400"),
    ],
)
def test_what_cannot_be_cut_is_refused(column: list, by: str, said: str) -> None:
    with pytest.raises(RefusedInputError, match=said):
        windows.cut(pd.DataFrame({"seen": column}), by, "seen", 1)


def test_a_table_without_a_time_is_not_assessed_and_says_what_to_do(frames, tmp_path) -> None:
    bare = opened(tmp_path, "bare", frames[1], Schema())
    subject = Subject(data=bare, reference=opened(tmp_path, "reference", frames[0], Schema()))
    result = timeline.columns(subject, OverTimeParameters(), rng=np.random.default_rng(0), progress=silent)
    assert isinstance(result.result, NotAssessed)
    assert "role of time" in result.result.reason
    assert not isinstance(result.result, OverTime)


def test_groups_that_no_window_shows_are_counted_and_the_largest_are_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    names = [f"r{number:02d}" for number in range(33)]
    sizes = [40, 41, 42] + [60] * 30  # the first three by name are the smallest
    before = people(rng, sum(sizes), "2025-01-01", 50).assign(sex=np.repeat(names, sizes))
    after = people(rng, 400, "2026-01-01", 50).assign(sex=["new"] * 40 + ["r05"] * 360)
    subject = Subject(data=opened(tmp_path, "after", after), reference=opened(tmp_path, "before", before))
    result = timeline.run(
        subject, OverTimeParameters(by="rows", size=400), rng=np.random.default_rng(0), progress=silent
    ).result
    assert [point.group for point in result.reference_groups] == names[3:]
    assert result.groups_left_out == {"sex": 4}
    assert "4 groups of sex are not shown" in words.left_out(result, "sex")
    assert words.left_out(result, "other") == ""


def test_nothing_is_left_out_where_all_groups_are_shown(found) -> None:
    assert found[1].result.groups_left_out == {}
