"""Is what is served what was approved: single changes, swaps, canaries, labels alone, and answers that cannot be judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pyarrow as pa
import pytest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import NotAssessed
from governance.serving import words
from governance.serving.attest import read_answers
from governance.serving.challenge import challenge_of, from_table, to_table
from governance.serving.spec import Attest
from tests.serving.asked import (
    FIVE,
    answers_table,
    attested,
    changed,
    judged,
    needs_shared,
    numbers,
    opened,
    people,
    recording,
)

pytestmark = needs_shared


@pytest.fixture(scope="module")
def approved():
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    return model, challenge_of(model, people(), np.random.default_rng(0))


def leaf(by: float) -> Callable[[onnx.NodeProto], None]:
    def change(node: onnx.NodeProto) -> None:
        numbers(node, "class_weights")[5] += by

    return change


def test_the_same_file_is_identical_and_every_leaf_and_split_was_tested(approved) -> None:
    model, rows = approved
    found = attested(model, rows, [model] * 300)
    assert (found.outcome, found.same, found.differing_requests, found.largest_difference) == (
        "identical",
        True,
        0,
        0.0,
    )
    assert found.bound_requests == pytest.approx(0.00994, abs=1e-5)
    cover = found.coverage
    assert (cover.kind, cover.leaves_visited, cover.leaves_reachable) == ("trees", 159, 159)
    assert (cover.splits_tested, cover.splits_reachable, cover.complete) == (139, 139, True)
    assert words.attest_lead(found) == (
        "At credit the answers are the approved model's, bit for bit. All 159 leaves and all 139 splits of its trees were tested. "
        "At 95 %, fewer than 1 in 100 requests go to another model (300 were answered)."
    )


def test_one_changed_leaf_is_different_and_the_first_answer_is_quoted(approved) -> None:
    model, rows = approved
    found = attested(model, rows, [changed(model, leaf(0.5))] * 3)
    assert (found.outcome, found.same, found.found_at, found.bound_requests) == ("different", False, 1, 1.0)
    assert 0 < found.differing_rows < len(rows)
    assert found.first[0].expected != found.first[0].got
    assert "another model answers: 3 of 3 requests" in words.attest_lead(found)


def test_a_leaf_that_moved_by_less_than_rounding_is_equal_within_the_derived_tolerance(approved) -> None:
    model, rows = approved
    found = attested(model, rows, [changed(model, leaf(1e-6))] * 3)
    assert (found.outcome, found.same) == ("equal_within", True)
    assert 0 < found.largest_difference <= found.tolerance < 1e-5
    assert attested(model, rows, [changed(model, leaf(1e-6))], Attest(tolerance=0.0)).outcome == "different"


def test_all_leaves_a_little_larger_are_different(approved) -> None:
    model, rows = approved

    def grown(node: onnx.NodeProto) -> None:
        weights = numbers(node, "class_weights")
        for at in range(len(weights)):
            weights[at] *= 1.0005

    assert attested(model, rows, [changed(model, grown)]).outcome == "different"


def test_another_model_of_the_same_shape_is_different(approved) -> None:
    model, rows = approved
    other = opened("adult_lightgbm_nozipmap", FIVE)
    assert attested(model, rows, [other]).outcome == "different"


def test_a_canary_of_a_tenth_is_found_within_a_dozen_requests_in_the_middle_of_200_trials(approved) -> None:
    model, rows = approved
    canary, rng = changed(model, leaf(0.5)), np.random.default_rng(3)
    found = []
    for _ in range(200):
        servers = [canary if rng.random() < 0.1 else model for _ in range(100)]
        first = next((at for at, item in enumerate(servers, 1) if item is canary), 100)
        found.append(first)
    assert 4 <= np.median(found) <= 12  # the draws themselves: the geometric distribution has its median at 7
    for first in sorted(set(found))[:3]:
        report = attested(model, rows, [model] * (first - 1) + [canary] + [model] * 5)
        assert report.found_at == first
        assert report.share_low < 1 / (first + 5) < report.share_high


def test_requests_without_an_answer_are_counted_and_say_nothing_about_the_model(approved) -> None:
    model, rows = approved
    found = attested(model, rows, [model, "unreachable: refused the connection", model])
    assert (found.outcome, found.same, found.requests, found.unreachable) == ("identical", True, 2, 1)
    assert found.reasons == ("refused the connection",)


def test_an_answer_that_breaks_the_protocol_is_no_proof_of_sameness(approved) -> None:
    model, rows = approved
    found = attested(model, rows, [model, "unusable: 2 rows for 3"])
    assert (found.outcome, found.same, found.unusable) == ("identical", False, 1)


def test_no_answer_at_all_is_not_assessed_and_never_fine(approved) -> None:
    model, rows = approved
    found = attested(model, rows, ["unreachable: the deadline passed"] * 2)
    assert isinstance(found, NotAssessed)
    assert found.reason == "credit gave no usable answer to 2 requests: the deadline passed."


def answered(model, rows):
    """Return the model's own answers to one request."""
    return answers_table(model, [(np.arange(len(rows)), model.predict(rows.frame))])


def replaced(table: pa.Table, name: str, values: object) -> pa.Table:
    array = pa.array(values, pa.float64(), from_pandas=False)
    return table.set_column(table.column_names.index(name), name, array)


def test_labels_alone_are_compared_and_the_words_say_so(approved) -> None:
    model, rows = approved
    table = answered(model, rows)
    for name in ("score_0", "score_1"):
        table = replaced(table, name, [None] * len(table))
    found = judged(model, rows, table)
    assert (found.outcome, found.labels_only) == ("identical", True)
    assert "Scores are not returned" in words.attest_lead(found)


def test_a_score_that_is_no_number_is_another_answer(approved) -> None:
    model, rows = approved
    broken = answered(model, rows).column("score_1").to_numpy().copy()
    broken[3] = np.nan
    found = judged(model, rows, replaced(answered(model, rows), "score_1", broken))
    assert (found.outcome, found.differing_rows) == ("different", 1)


def test_judging_the_same_answers_twice_gives_the_same_words(approved) -> None:
    model, rows = approved
    servers = [model, changed(model, leaf(0.5)), model]
    assert attested(model, rows, servers) == attested(model, rows, servers)


def test_answers_about_another_model_are_refused(approved) -> None:
    model, rows = approved
    other = opened("adult_lightgbm_nozipmap", FIVE)
    with pytest.raises(RefusedInputError, match="The observation is about model"):
        judged(other, rows, answered(model, rows), about=model)


def test_an_answer_about_a_row_that_was_not_asked_is_refused(approved) -> None:
    model, rows = approved
    table = answers_table(model, [(np.array([0, 1]), model.predict(rows.frame.iloc[:2]))])
    with pytest.raises(RefusedInputError, match="An answer is about row 1 of a challenge of 1 rows"):
        read_answers(recording(table), model.signature, 1)


def test_a_tolerance_that_is_no_tolerance_is_refused() -> None:
    for wrong in (-0.1, 1.0, float("nan")):
        with pytest.raises(RefusedInputError, match="expected at least 0 and less than 1"):
            Attest(tolerance=wrong)


def test_rows_are_stored_and_read_without_a_change(approved) -> None:
    model, rows = approved
    again = from_table(to_table(rows), model.signature.columns)
    assert again.frame.equals(rows.frame)
    assert (again.purpose, again.target.tolist()) == (rows.purpose, rows.target.tolist())


def test_a_table_that_is_no_challenge_is_refused(approved) -> None:
    model, rows = approved
    with pytest.raises(RefusedInputError, match="expected those of the model"):
        from_table(to_table(rows).drop_columns(["purpose"]), model.signature.columns)
