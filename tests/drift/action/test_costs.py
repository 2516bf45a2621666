"""What acting and not acting cost, by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from governance.drift.action.action import _unknown
from governance.drift.action.costs import UNPRICED, at_stake
from governance.drift.results.cost_estimate import Costs, Stakes
from governance.drift.results.report import Action, Estimate, EstimatedHarm, Harm, Labels, Recommendation
from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.subject.outcome import Outcome

NONE = NotAssessed("not asked for")


def decided(wrongly_selected: int, wrongly_left: int, rows: int = 1_000) -> Outcome:
    """Return rows of which so many are wrong; the others are half rightly selected, half rightly not."""
    label, chosen = np.arange(rows) % 2.0, np.arange(rows) % 2.0
    chosen[np.flatnonzero(label == 0)[:wrongly_selected]] = 1
    chosen[np.flatnonzero(label == 1)[:wrongly_left]] = 0
    return Outcome("binary", ("no", "yes"), label, chosen, None, None)


def harm(estimated: EstimatedHarm | NotAssessed = NONE, labels: Labels | None = None) -> Harm:
    return Harm(estimated, "cannot_tell", "", NONE, (), "", (), labels or Labels(0, 1_000, 400))


def stakes(
    kind: Recommendation, costs: Costs | None = None, before: Outcome | NotAssessed = NONE,
    after: Outcome | NotAssessed = NONE, found: Harm | NotAssessed = NONE,
) -> Stakes:  # fmt: skip
    action = at_stake(Action(kind, "why", ()), found, (before, after), costs or Costs(), 0.02)
    assert isinstance(action.stakes, Stakes)
    return action.stakes


def test_without_named_costs_wrong_decisions_are_counted() -> None:
    found = stakes("retrain", before=decided(50, 50), after=decided(80, 90))
    assert (found.basis, found.unit, found.acting, found.pays_after) == ("labels", "wrong decisions", None, None)
    assert found.waiting == pytest.approx(70)
    assert found.waiting_low < 70 < found.waiting_high
    assert "70.0 more of 1,000 decisions are wrong" in found.if_not
    assert "as long as nothing is done" in found.if_not
    assert "the tolerance is 20 wrong decisions in 1,000" in found.if_not
    assert "what the change costs is not named" in found.if_done


def test_an_excess_inside_its_interval_is_not_told_as_one() -> None:
    found = stakes("investigate", before=decided(50, 50), after=decided(52, 53))
    assert found.waiting_low < 0 < found.waiting_high
    assert "which chance alone explains" in found.if_not
    assert "as long as nothing is done" not in found.if_not


def test_named_costs_weigh_both_kinds_of_errors_and_say_when_acting_has_paid_for_itself() -> None:
    costs = Costs(false_positive=10, false_negative=100, change=46_500, unit="EUR")
    found = stakes("retrain", costs, decided(50, 50), decided(80, 90))
    # 1,000 decisions: 30 more wrongly selected at 10, 40 more wrongly left at 100
    assert found.waiting == pytest.approx(30 * 10 + 40 * 100)
    assert found.pays_after == 10_814  # 46,500 at 4.3 a decision
    assert "4,300.0 EUR more" in found.if_not
    assert "46,500 EUR once" in found.if_done
    assert "after 10,814 decisions" in found.if_done


def test_the_interval_of_a_single_kind_of_error_is_newcombes() -> None:
    from governance.statistics.intervals import newcombe

    found = stakes("watch", Costs(false_positive=1, unit="EUR"), decided(50, 10), decided(80, 90))
    low, high = newcombe(80, 1_000, 50, 1_000)
    assert (found.waiting_low, found.waiting_high) == (pytest.approx(1_000 * low), pytest.approx(1_000 * high))


def test_the_interval_covers_the_true_excess() -> None:
    rng, held = np.random.default_rng(0), 0
    costs = Costs(false_positive=1, false_negative=5, unit="EUR")
    truth = 1_000 * ((0.08 - 0.05) + 5 * (0.06 - 0.04))
    for _ in range(400):
        was, now = (rng.multinomial(800, shares)[:2] for shares in ((0.05, 0.04, 0.91), (0.08, 0.06, 0.86)))
        found = stakes("retrain", costs, decided(*map(int, was), rows=800), decided(*map(int, now), rows=800))
        held += found.waiting_low <= truth <= found.waiting_high
    assert 0.93 <= held / 400 <= 0.985


def test_without_labels_the_estimate_speaks_and_says_so() -> None:
    def rates(accuracy: float, caught: float, selected: float) -> dict[str, Estimate]:
        figures = {
            "accuracy": accuracy,
            "true_positive_rate": caught,
            "false_positive_rate": selected,
            "base_rate": 0.5,
        }
        return {name: Estimate(value, value - 0.01, value + 0.01, 1_000) for name, value in figures.items()}

    guess = EstimatedHarm(
        "cbpe", rates(0.9, 0.9, 0.1), rates(0.8, 0.7, 0.1), 1.0, weighted=False, verdict="worse", assumption=""
    )
    plain = stakes("collect_labels", found=harm(guess))
    assert (plain.basis, plain.waiting) == ("estimate", pytest.approx(100))
    assert plain.waiting_high - plain.waiting == pytest.approx(1_000 * 0.01 * 2**0.5)
    assert plain.if_not.startswith("As expected without outcomes")
    priced = stakes("collect_labels", Costs(1, 3, label=2, unit="EUR"), found=harm(guess))
    assert (priced.waiting, priced.waiting_low) == (pytest.approx(1_000 * 3 * 0.2 * 0.5), None)
    assert (priced.acting, "400 of them, 800 EUR at 2 each" in priced.if_done) == (800, True)


def test_what_nobody_knows_is_said() -> None:
    found = stakes("investigate")
    assert (found.basis, found.waiting, found.acting) == ("none", None, None)
    assert "what waiting costs is not known" in found.if_not


def test_named_costs_are_no_longer_among_what_is_not_known() -> None:
    from governance.drift.action.action import Signal

    action = Action("watch", "why", _unknown(Signal((), 0, ()), harm()))
    assert any(item.startswith("what a wrong decision costs") for item in action.unknown)
    priced = at_stake(action, harm(), (NONE, NONE), Costs(false_negative=2), 0.02)
    assert len(priced.unknown) == len(action.unknown) - 1


def predicted(mean_error: float, rows: int = 400, seed: int = 0) -> Outcome:
    rng = np.random.default_rng(seed)
    label = rng.normal(100, 10, rows)
    return Outcome("regression", (), label, label + rng.choice([-1, 1], rows) * mean_error, None, None)


def test_a_predicted_number_is_never_counted_as_a_wrong_decision() -> None:
    action = Action("retrain", "why", (f"{UNPRICED}: no costs are named, every error counts the same",))
    found = at_stake(action, harm(), (predicted(2), predicted(5)), Costs(change=100, unit="EUR"), 0.1)
    assert isinstance(found.stakes, Stakes)
    assert (found.stakes.basis, found.stakes.unit, found.stakes.pays_after) == ("labels", "units of the label", None)
    assert found.stakes.waiting == pytest.approx(3)
    said = " ".join((found.stakes.if_not, found.stakes.if_done, *found.unknown))
    assert re.search(r"By labels, a prediction is 3(\.000)? further off on average than in the reference", said)
    assert "the tolerance is 10 % of the reference's error" in said
    assert "100 EUR once" in said
    assert "wrong" not in said
    named = at_stake(action, harm(), (predicted(2), predicted(5)), Costs(false_positive=7), 0.1).stakes
    assert isinstance(named, Stakes)
    assert "this model makes none: they are not counted" in named.if_not


def test_without_labels_the_size_of_an_error_comes_from_the_estimate() -> None:
    empty = replace(predicted(1), y_true=np.full(400, np.nan))
    guess = EstimatedHarm(
        "dle", {"mean_absolute_error": Estimate(2, 1.5, 2.5, 400)}, {"mean_absolute_error": Estimate(3, 2, 4, 400)},
        1.0, weighted=False, verdict="worse", assumption="",
    )  # fmt: skip
    told = stakes("investigate", before=empty, after=empty, found=harm(guess))
    assert (told.basis, told.waiting) == ("estimate", pytest.approx(1))
    assert "which chance alone explains" in told.if_not  # 1 - sqrt(1.25) < 0
    assert told.waiting_low == pytest.approx(1 - 1.25**0.5)
    silent = stakes("investigate", before=empty, after=empty)
    assert silent.if_not.startswith("Neither labels nor an estimate say how far predictions are off now")


def test_wrong_decisions_among_several_classes_are_counted_and_costs_of_two_classes_are_not() -> None:
    def among(wrong: int) -> Outcome:
        label = np.arange(900) % 3.0
        said = label.copy()
        said[:wrong] = (said[:wrong] + 1) % 3
        return Outcome("multiclass", ("a", "b", "c"), label, said, None, None)

    found = stakes("retrain", before=among(90), after=among(180))
    assert (found.basis, found.waiting) == ("labels", pytest.approx(100))
    assert "100.0 more of 1,000 decisions are wrong" in found.if_not
    priced = stakes("retrain", Costs(false_positive=5, false_negative=9), among(90), among(180))
    assert priced.waiting == pytest.approx(100)
    assert "are about two classes and are not counted here." in priced.if_not


@pytest.mark.parametrize(
    "wrong", [{"label": -1.0}, {"change": float("nan")}, {"unit": "a very long word that is no unit"}, {"unit": "\n"}]
)
def test_costs_that_are_none_are_refused(wrong: dict) -> None:
    with pytest.raises(RefusedInputError):
        replace(Costs(), **wrong)
