"""Column roles: what a schema file may say."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.subject.schema import from_toml


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_threshold_that_nothing_can_reach_or_miss_is_refused(value: str) -> None:
    with pytest.raises(RefusedInputError, match="a finite number is expected"):
        from_toml(f"threshold = {value}")


def test_a_positive_label_is_text_whatever_its_type() -> None:
    assert from_toml("positive = 1\nthreshold = 0").positive == "1"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'sensitive = "sex"',
            "The field 'sensitive' of Schema has the text 'sex', expected a list. Write it in brackets",
        ),
        ("target = 3", "The field 'target' of Schema has the number 3, expected a text. Write it in quotes"),
        (
            'threshold = "high"',
            "The field 'threshold' of Schema has the text 'high', expected a number. Write it without quotes",
        ),
        (
            'selected_is = "nice"',
            "The field 'selected_is' of Schema has the text 'nice', expected one of 'good' or 'bad'.",
        ),
        ("ignore = [true]", "The field 'ignore.0' of Schema has the value true, expected a text."),
        ("[target]\nx = 1", "The field 'target' of Schema has fields with values, expected a text."),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_what_was_expected_and_what_to_do(line: str, said: str) -> None:
    with pytest.raises(RefusedInputError) as caught:
        from_toml(line)
    assert str(caught.value).startswith(said)
