"""The brief of a case says which error in the data hurts most, and for which side that speaks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from governance.dossier.brief_picture import Picture
from governance.dossier.decision_brief import DRAWN
from governance.evidence.evidence import silent
from governance.language import Voice, speaking
from governance.stress.report import Noticed, WorstReport
from governance.stress.spec import StressWorst
from governance.stress.worst import worst
from tests.stress.making import made

BLIND = Noticed(drift="small", drift_columns=(), contract=(), smallest_share_seen=None, blind_rows=40, seen=False)
SEEN = replace(BLIND, drift="material", drift_columns=("income",), smallest_share_seen=0.05, seen=True)


@cache
def searched() -> WorstReport:
    found = worst(made("boosted").subject, StressWorst(), rng=np.random.default_rng(1), progress=silent).result
    assert isinstance(found, WorstReport)
    return found


def watched(first: Noticed) -> WorstReport:
    """Return a search in which monitoring notices every error but the first."""
    found = searched()
    rest = [replace(item, noticed=SEEN) for item in found.worst[1:]]
    return replace(found, worst=(replace(found.worst[0], noticed=first), *rest), unnoticed=())


def drawn(report: WorstReport, language: str = "en") -> Picture:
    return DRAWN["stress.worst"](report, "e" * 64, Voice(language) if language != "en" else speaking(str))


def test_an_error_that_nobody_would_notice_speaks_against_the_model() -> None:
    picture, first = drawn(watched(BLIND)), searched().worst[0]
    assert picture.side == "against"
    assert picture.claim.startswith(
        f"An error in 5.0 % of the rows that nobody would notice costs {100 * first.held_out.change:.2f} points ("
    )
    assert picture.sentence.endswith(f"): {first.name}.")
    assert first.name not in picture.claim, "a reason in a list is short"
    assert (picture.percent, picture.bars[0].value, picture.bars[0].low) == (
        True,
        first.held_out.change,
        first.held_out.low,
    )
    assert [bar.stands_out for bar in picture.bars] == [True, False], (
        "beside it what the same budget costs in random rows"
    )
    assert picture.bars[1].value == searched().random_mean


def test_a_worse_one_that_monitoring_would_notice_stands_beside_it() -> None:
    found = searched()
    both = (replace(found.worst[0], noticed=SEEN), replace(found.worst[1], noticed=BLIND), *found.worst[2:])
    picture = drawn(replace(found, worst=both, unnoticed=()))
    assert [bar.stands_out for bar in picture.bars] == [False, True, False]
    assert picture.bars[0].value == both[0].held_out.change
    assert "and monitoring would notice it. An error in" in picture.sentence
    assert len(picture.sentence) < 400, "a board reads it beside four others"


def test_one_that_monitoring_would_notice_leaves_the_question_open() -> None:
    assert drawn(watched(SEEN)).side == "open"
    assert drawn(searched()).side == "open", "nobody looked"


def test_a_model_that_no_error_hurts_beyond_chance_is_better_off() -> None:
    picture = drawn(replace(searched(), named=False, worst=(), unnoticed=()))
    assert (picture.side, picture.bars) == ("for", ())
    assert picture.claim == "No error that was tried in 5.0 % of the rows does harm beyond chance."


def test_the_brief_says_it_in_german() -> None:
    picture = drawn(watched(BLIND), "de")
    assert picture.question == "Welcher Fehler in den Daten schadet am meisten, und würde ihn jemand bemerken?"
    assert picture.claim.startswith("Ein Fehler in 5,0 % der Zeilen, den niemand bemerken würde, kostet ")
