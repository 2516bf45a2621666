"""Results keep their meaning on the way to disk and back."""

from __future__ import annotations

from governance.evidence.codec import canonical, decode, encode, parse
from governance.evidence.evidence import NotAssessed
from governance.explain.results.report import Attribution, Background, Certificate, LocalExplanation

EXACT = True


def certificate() -> Certificate:
    return Certificate(
        1e-7, EXACT, 0.0, 100, NotAssessed("one row"), 0.9, NotAssessed("LIME was not run"), 0, "raw", "log-odds"
    )


def explanation() -> LocalExplanation:
    return LocalExplanation(
        3, "a-17", "tree", EXACT, "raw", "logistic", "good", -1.0, 0.5, 0.62,
        (Attribution("age", "41", 1.5, 0.0),), Background(100, 2000, "0" * 64, "reference"), certificate(),
    )  # fmt: skip


def test_a_local_explanation_survives_the_way_through_json() -> None:
    assert decode(LocalExplanation, parse(canonical(encode(explanation())))) == explanation()


def test_what_was_not_assessed_stays_apart_from_a_number() -> None:
    value = encode(certificate())
    assert value["background_spread"]["outcome"] == "not_assessed"
    assert isinstance(decode(Certificate, value).background_spread, NotAssessed)
    assert decode(Certificate, value).neighbour_stability == 0.9
