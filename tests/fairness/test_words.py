"""Sentences that must be right for both polarities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from governance.data.in_memory import InMemory
from governance.evidence.evidence import silent
from governance.fairness.by_group import by_group
from governance.fairness.report import FairnessReport, Limits
from governance.fairness.spec import ByGroup
from governance.fairness.words import about_unknown, harm, lead, unjudged, worse_off
from governance.statistics.metric_names import title
from governance.subject.schema import Schema
from governance.subject.subject import Subject


def report(polarity: str, first: float = 0.75, second: float = 0.375, n: int = 400) -> FairnessReport:
    def decisions(share: float) -> list[int]:
        return [1] * int(share * n) + [0] * (n - int(share * n))

    frame = pd.DataFrame(
        {
            "g": ["ann"] * n + ["bo"] * n + [None] * 40,
            "y": [0, 1] * n + [0, 1] * 20,
            "p": [*decisions(first), *decisions(second), *([1, 0] * 20)],
        }
    )
    schema = Schema(target="y", positive="1", prediction="p", sensitive=("g",), selected_is=polarity)
    subject = Subject(InMemory(frame, schema))
    found = by_group(subject, ByGroup(limits=Limits(draws=0)), rng=np.random.default_rng(0), progress=silent).result
    assert isinstance(found, FairnessReport)
    return found


def test_fewer_selected_is_worse_when_being_selected_is_good() -> None:
    text = lead(report("good"))
    assert text.startswith(
        "Worse for bo. For bo, 37.5 % are selected; for ann it is 75.0 % (difference −37.5 points, interval "
    )


def test_more_selected_is_worse_when_being_selected_is_bad() -> None:
    text = lead(report("bad", 0.375, 0.75))
    assert text.startswith(
        "Worse for bo. For bo, 75.0 % are selected, which is bad for them; for ann it is 37.5 % (difference +37.5"
    )


def test_the_same_numbers_are_no_complaint_with_the_other_polarity() -> None:
    names = {item.group.name for item in worse_off(report("good", 0.375, 0.75), ("selection_rate",))}
    assert "bo" not in names


def test_no_clear_difference_is_not_called_proof() -> None:
    frame = report("good", 0.5, 0.505)
    assert not [item for item in worse_off(frame, ("selection_rate",)) if not item.group.unknown]


def test_too_few_people_is_said_first() -> None:
    assert lead(report("good", n=20)).startswith("Worse for") is False
    assert "fewer than 30 rows" in unjudged(report("good", n=20))


def test_the_unknown_are_counted_and_bounded_in_words() -> None:
    text = about_unknown(report("good"))[0]
    assert text.startswith("g is unknown for 40 rows (4.8 %).")
    assert "from 34.1 % to 43.2 % instead of 37.5 %" in text or "from 68.2 % to 77.3 % instead of 75.0 %" in text


def test_names_from_files_pass_through_the_escape() -> None:
    assert "<ann>" in lead(report("good"), lambda value: f"<{value}>")


def test_harm_is_positive_for_the_group_that_is_worse_off() -> None:
    groups = {group.name: group for group in report("good").by_group}
    assert harm(groups["bo"].metric("selection_rate"), "good") > 0
    assert harm(groups["bo"].metric("selection_rate"), "bad") < 0
    assert harm(groups["bo"].metric("count"), "good") == 0


def test_a_metric_of_a_class_is_named_with_its_class() -> None:
    assert title("true_positive_rate[yes]") == "Positives found (true positive rate), yes"
