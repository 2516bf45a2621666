"""Column roles: what a schema file may say."""

from __future__ import annotations

import pytest

from governance.data.schema import from_toml
from governance.errors import RefusedInputError


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_threshold_that_nothing_can_reach_or_miss_is_refused(value: str) -> None:
    with pytest.raises(RefusedInputError, match="a finite number is expected"):
        from_toml(f"threshold = {value}")


def test_a_positive_label_is_text_whatever_its_type() -> None:
    assert from_toml("positive = 1\nthreshold = 0").positive == "1"
