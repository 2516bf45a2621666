"""Corrections: the smallest move that keeps the norm, a file that answers as the formula, and who gains and loses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from governance.evidence import RefusedInputError, encode, sha256
from governance.fairness.norms.evalue import fit_offset
from governance.fairness.norms.fitting import corrections, recalibration
from governance.fairness.norms.norm import Norm, NormSet
from governance.fairness.norms.patch import corrected
from governance.fairness.norms.patch_report import Correction, GroupOffset, PatchReport
from governance.fairness.norms.report import Accused
from governance.fairness.norms.series import Window, window
from governance.fairness.norms.since import Since
from governance.models.graph.reading import signature_of
from governance.runs.run import DataFile, ModelFile, Task, execute, open_model
from governance.subject.schema import Schema

ROLES = Schema(target="good", positive="1", sensitive=("sex", "town"))
PARITY = Norm("parity", "demographic_parity", "difference", "0.05", ("sex",))
CALIBRATED = Norm("calibrated", "calibration_in_the_large", "within", "0.05", ("sex", "town"), intersections=2)


def people(seed: int, poorer: float = 0.0, wrong: float = 0.0, rows: int = 4_000) -> pd.DataFrame:
    """Women are `poorer`; of women of the north who would be good, a share `wrong` is not."""
    rng = np.random.default_rng(seed)
    sex, town = rng.choice(["F", "M"], rows), rng.choice(["north", "south"], rows)
    income = rng.normal(30, 8, rows) - np.where(sex == "F", poorer, 0.0)
    good = rng.random(rows) < 1 / (1 + np.exp(-0.15 * (income - 30)))
    good &= ~((sex == "F") & (town == "north") & (rng.random(rows) < wrong))
    return pd.DataFrame({"income": income.round(3), "sex": sex, "town": town, "good": good.astype(int)})


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    from sklearn.linear_model import LogisticRegression

    from governance.models.convert.convert import convert_estimator

    frame = people(1, rows=20_000)
    fitted = LogisticRegression(C=1e6).fit(frame[["income"]], frame["good"])
    path = tmp_path_factory.mktemp("parent") / "parent.onnx"
    path.write_bytes(convert_estimator(fitted, frame[["income"]]))
    return at(path)


def at(path: Path) -> ModelFile:
    data = path.read_bytes()
    return ModelFile(str(path), sha256(data), signature_of(data), path.stem)


def table(folder: Path, frame: pd.DataFrame, name: str) -> DataFile:
    path = folder / f"{name}.parquet"
    frame.to_parquet(path)
    return DataFile(str(path), name.ljust(64, "0"), ROLES, "", name)


def counted(data: DataFile, parent: ModelFile) -> Window:
    done = execute(Task("fairness.tally", data, parent))
    from governance.fairness.norms.tally import WindowTally

    found = done.evidence.read(WindowTally)
    assert isinstance(found, WindowTally)
    return window(data.digest, found)


def accused(group: str, other: str = "", measure: str = "selection_rate") -> Accused:
    pairs = [part.split("=") for part in group.split(", ")]
    return Accused(
        group=group, other=other, attributes=tuple(name for name, _ in pairs), values=tuple(value for _, value in pairs),
        other_values=(other.partition("=")[2],) if other else (), measure=measure, proven_at=3, gap=-0.2, low=-0.3, high=-0.1,
        since=Since(0, 0, 0), people=100.0,
    )  # fmt: skip


def made(folder: Path, parent: ModelFile, norms: NormSet, norm: str, found: tuple[Correction, ...], frame: pd.DataFrame,
         ) -> tuple[PatchReport, list[bytes]]:  # fmt: skip
    from governance.runs.run import read_array

    parameters = {"norm": norm, "norms": encode(norms), "corrections": [encode(item) for item in found]}
    done = execute(Task("fairness.patch", table(folder, frame, "shown"), parent, parameters=parameters), folder)
    report = done.evidence.read(PatchReport)
    assert isinstance(report, PatchReport)
    return report, read_array(done.arrays["candidates"]).column("onnx").to_pylist()


def test_a_breach_of_parity_is_mended_with_the_fewest_changes_on_people_not_fitted_on(
    tmp_path: Path, parent: ModelFile
) -> None:
    norms = NormSet("Both", (PARITY, CALIBRATED), group_at_use="allowed", most_changed="0.2")
    windows = [counted(table(tmp_path, people(seed, poorer=5.0), f"week{seed}"), parent) for seed in (2, 3)]
    found = corrections(windows, PARITY, [accused("sex=F", "sex=M")], 0.5)
    assert [item.kind for item in found] == ["offset", "both_sides", "blind"]
    report, _ = made(tmp_path, parent, norms, "parity", found, people(4, poorer=5.0))
    assert [item.changed for item in report.candidates] == sorted(item.changed for item in report.candidates)
    assert report.candidates[-1].kind == "blind", "to be alike without asking, almost everybody is treated otherwise"
    assert report.candidates[-1].changed > 2 * report.candidates[0].changed
    for item in report.candidates[:-1]:
        parity, calibrated = item.norms
        assert parity.before is not None
        assert parity.after is not None
        assert abs(parity.before) > 0.15
        assert abs(parity.after) <= 0.05 + 0.03
        assert calibrated.before is not None
        assert item.verified
        assert item.largest_difference <= 1e-6
        assert item.needs_group
        assert item.allowed
    raised = next(item for item in report.candidates if item.kind == "offset")
    assert raised.losses == {}
    assert set(raised.gains) >= {"sex=F"}
    assert "sex=M" not in raised.gains
    shared = next(item for item in report.candidates if item.kind == "both_sides")
    assert set(shared.losses) >= {"sex=M"}
    assert any("differently at use" in text for text in report.notices)


def test_a_mean_error_in_one_intersection_is_mended_there_and_nobody_else_is_touched(
    tmp_path: Path, parent: ModelFile
) -> None:
    norms = NormSet("Calibration", (CALIBRATED,), group_at_use="allowed", most_changed="0.2")
    windows = [counted(table(tmp_path, people(seed, wrong=0.4), f"w{seed}"), parent) for seed in (5, 6)]
    found = corrections(windows, CALIBRATED, [accused("sex=F, town=north", measure="label_minus_score")], 0.5)
    frame = people(7, wrong=0.4, rows=8_000)
    report, files = made(tmp_path, parent, norms, "calibrated", found, frame)
    by_kind = {item.kind: (item, file) for item, file in zip(report.candidates, files, strict=True)}
    own, file = by_kind["offset"]
    (effect,) = own.norms
    assert effect.before is not None
    assert effect.after is not None
    assert effect.before < -0.1
    assert abs(effect.after) < 0.05
    assert effect.kept
    before = open_model(parent).predict(frame).score[:, 1]
    path = tmp_path / "patched.onnx"
    path.write_bytes(file)
    after = open_model(at(path)).predict(frame).score[:, 1]
    touched = ((frame["sex"] == "F") & (frame["town"] == "north")).to_numpy()
    assert (after[~touched] == before[~touched]).all()
    assert (after[touched] < before[touched]).all()
    assert not by_kind["blind"][0].needs_group


def test_a_group_that_the_corrected_model_does_not_know_keeps_its_scores(tmp_path: Path, parent: ModelFile) -> None:
    norms = NormSet("Parity", (PARITY,), group_at_use="allowed", least_rows=10)
    moved = Correction(kind="offset", attributes=("sex",), offsets=(GroupOffset(("F",), 1.0),))
    frame = people(8)
    _, (file,) = made(tmp_path, parent, norms, "parity", (moved,), frame)
    path = tmp_path / "patched.onnx"
    path.write_bytes(file)
    patched = open_model(at(path))
    strangers = frame.assign(sex="X")
    assert (patched.predict(strangers).score[:, 1] == open_model(parent).predict(strangers).score[:, 1]).all()
    nobody = frame.assign(sex=None)
    assert (patched.predict(nobody).score[:, 1] == open_model(parent).predict(nobody).score[:, 1]).all()


def test_norms_that_forbid_to_ask_the_group_say_so_and_the_blind_twin_is_offered(
    tmp_path: Path, parent: ModelFile
) -> None:
    norms = NormSet("Parity", (PARITY,))
    found = (
        Correction(kind="offset", attributes=("sex",), offsets=(GroupOffset(("F",), 1.0),)),
        Correction(kind="blind", intercept=-1.0),
    )
    report, _ = made(tmp_path, parent, norms, "parity", found, people(9))
    assert {item.kind: item.allowed for item in report.candidates} == {"offset": False, "blind": True}
    assert any("forbid" in text for text in report.notices)
    assert any("look at who loses" in text for text in report.notices)


def test_the_fewest_decisions_change_among_all_thresholds_of_the_accused_group(
    tmp_path: Path, parent: ModelFile
) -> None:
    """Among every threshold of women alone that brings the shares of 400 people within the norm, the correction's changes the fewest,
    up to its margin of one standard error."""
    frame = people(10, poorer=4.0, rows=400)
    data = table(tmp_path, frame, "small")
    score = open_model(parent).predict(frame).score[:, 1]
    women = (frame["sex"] == "F").to_numpy()
    men = (score[~women] >= 0.5).mean()
    fewest = min(
        int(((score[women] >= cut) != (score[women] >= 0.5)).sum())
        for cut in np.unique(score[women])
        if abs((score[women] >= cut).mean() - men) <= 0.05
    )
    (offset, *_) = corrections([counted(data, parent)], PARITY, [accused("sex=F", "sex=M")], 0.5)
    after = corrected(score, offset, np.where(women, offset.offsets[0].offset, 0.0))
    changed = int(((after >= 0.5) != (score >= 0.5)).sum())
    margin = np.sqrt(0.25 / women.sum() + 0.25 / (~women).sum()) * women.sum()
    assert fewest <= changed <= fewest + margin + 4


def test_the_offset_of_a_group_is_that_of_scipy() -> None:
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(11)
    score = np.linspace(0.05, 0.95, 20)[None]
    n = rng.integers(5, 50, (1, 20)).astype(float)
    k = rng.binomial(n.astype(int), np.clip(score - 0.1, 0.01, 1)).astype(float)

    def loss(offset: float) -> float:
        rate = 1 / (1 + np.exp(-(np.log(score / (1 - score)) + offset)))
        return float(-(k * np.log(rate) + (n - k) * np.log(1 - rate)).sum() + 8.0 * offset**2 / 2)

    expected = minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-10}).x
    assert fit_offset(k, n, n * score)[0] == pytest.approx(expected, abs=1e-5)


def test_recalibration_finds_the_slope_and_intercept_that_made_the_labels() -> None:
    rng = np.random.default_rng(12)
    score = np.linspace(0.03, 0.97, 60)
    n = np.full(60, 20_000.0)
    rate = 1 / (1 + np.exp(-(0.5 * np.log(score / (1 - score)) - 0.4)))
    slope, intercept = recalibration(rng.binomial(20_000, rate).astype(float), n, n * score)
    assert (slope, intercept) == (pytest.approx(0.5, abs=0.01), pytest.approx(-0.4, abs=0.01))


def test_without_scores_or_labels_there_is_no_correction(tmp_path: Path, parent: ModelFile) -> None:
    frame = people(13).drop(columns="good")
    roles = replace(ROLES, target="", positive="")
    data = replace(table(tmp_path, frame, "bare"), schema=roles)
    with pytest.raises(RefusedInputError, match="no labelled scores"):
        corrections(
            [counted(data, parent)], CALIBRATED, [accused("sex=F, town=north", measure="label_minus_score")], 0.5
        )
    with pytest.raises(RefusedInputError, match="no scores between 0 and 1 of X"):
        corrections([counted(data, parent)], PARITY, [accused("sex=X", "sex=M")], 0.5)


def test_a_tally_in_parts_is_the_tally_of_the_whole(tmp_path: Path, parent: ModelFile) -> None:
    frame = people(14, rows=300)
    whole = counted(table(tmp_path, frame, "whole"), parent).tally
    parts = [counted(table(tmp_path, frame.iloc[at::3], f"part{at}"), parent).tally for at in range(3)]
    assert whole is not None
    assert all(part is not None for part in parts)
    again = parts[0] + parts[1] + parts[2]  # type: ignore[operator]
    assert replace(again, people="", score=()) == replace(whole, people="", score=())
    np.testing.assert_allclose(again.score, whole.score, atol=1e-6)
    rows = {(frame["sex"] == sex).sum() for sex in ("F", "M")}
    assert rows == {
        sum(rows for place, rows in zip(whole.group, whole.rows, strict=True) if whole.groups[place][0] == sex)
        for sex in ("F", "M")
    }
