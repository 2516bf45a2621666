"""A result that changes without a raised version is found before the cache serves the old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.evidence.method_spec import MethodSpec
from governance.runs.catalogue import CATALOGUE
from tests import golden


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> golden.Made:
    return golden.made(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.id)
def test_a_changed_result_has_a_raised_version(spec: MethodSpec, subject: golden.Made) -> None:
    known = golden.stored().get(spec.id)
    again = "then run `python scripts/golden.py`"
    assert known is not None, f"{spec.id} is new: {again}."
    found = golden.digest(spec, subject)
    if known["version"] == spec.version:
        assert found == known["digest"], (
            f"{spec.id} says something else than before, and its version is still {spec.version}: stored evidence would be served "
            f"as if nothing had happened. If the change is wanted, raise `version` in its spec, {again}."
        )
    assert known["version"] == spec.version, f"{spec.id} is version {spec.version} now: {again}."


def test_the_table_names_no_method_that_is_gone() -> None:
    assert set(golden.stored()) == {spec.id for spec in CATALOGUE}


def test_numbers_count_to_nine_digits_and_digests_of_files_do_not_count() -> None:
    assert golden.rounded({"a": [1 / 3, 1e-17, -0.0], "b": f"model {'a1' * 32}"}) == {
        "a": [0.333333333, 0.0, 0.0],
        "b": "model digest",
    }


def test_the_subject_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    frame = golden.people(2, 0.5)
    assert (len(frame), frame["good"].value_counts().to_dict()) == (120, {"yes": 68, "no": 52})
    assert golden.made(tmp_path).model.signature.columns == ("age", "income", "region")
