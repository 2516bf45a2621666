"""The organisation's own words, as people write them."""

from __future__ import annotations

import pytest

from governance.evidence.errors import RefusedInputError
from governance.explain.spec import Wording
from governance.explain.wording import read_wording


def test_a_line_is_a_column_a_colon_and_words_that_may_hold_colons() -> None:
    text = "# ours\n\nincome: Income is low\nold_debt: Debt: too high \n"
    assert read_wording(text) == (Wording("income", "Income is low"), Wording("old_debt", "Debt: too high"))


@pytest.mark.parametrize(
    ("text", "message"),
    [("income", "Line 1 is 'income'"), ("a: x\na: y", "Line 2 gives words for 'a' again"), (": x", "Line 1")],
)
def test_a_line_that_says_nothing_or_says_it_twice_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        read_wording(text)
