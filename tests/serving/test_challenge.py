"""Challenge rows find every single change of a leaf and of a split, on every tree model at hand; of weights, every coefficient."""

from __future__ import annotations

import numpy as np
import onnx
import pandas as pd
import pytest

from governance.evidence.errors import RefusedInputError
from governance.models.graph.session import open_session
from governance.models.predict.predictor import OnnxPredictor, without_zipmap
from governance.serving.challenge import Challenge, Limits, challenge_of
from governance.serving.coverage import covered
from governance.serving.forest import boxes, leaves_of
from governance.serving.ground import open_ground
from tests.serving.asked import FIVE, needs_shared, numbers, opened, people

pytestmark = needs_shared
TREES = {
    "adult_gbc_float32_nozipmap": FIVE,
    "adult_hours_regressor": ("age", "education_num"),
    "adult_lightgbm_nozipmap": FIVE,
    "adult_xgboost": FIVE,
    "adult_rf_string_labels_zipmap": None,
}


class Mutant:
    """A model whose leaves and splits are changed one at a time and that is asked about the same rows each time."""

    def __init__(self, model: OnnxPredictor, frame: pd.DataFrame) -> None:
        self.model = onnx.load_from_string(model.file)
        self.output = without_zipmap(self.model, model.signature) or model.signature.label_output
        self.node = next(item for item in self.model.graph.node if item.op_type.startswith("TreeEnsemble"))
        self.feeds = model.feeds(frame)
        self.modes = [item.decode() for item in next(a for a in self.node.attribute if a.name == "nodes_modes").strings]
        self.features = next(a for a in self.node.attribute if a.name == "nodes_featureids").ints
        self.base = self.answers()

    def answers(self) -> np.ndarray:
        found = open_session(self.model.SerializeToString()).run([self.output], self.feeds)[0]
        return np.asarray(found).ravel()

    def shows(self, name: str, at: int, value: float) -> bool:
        values = numbers(self.node, name)
        before = values[at]
        values[at] = value
        found = not np.array_equal(self.answers(), self.base)
        values[at] = before
        return found


def leaves_and_splits(name: str, every: int) -> tuple[list[int], list[int], list[int], Mutant]:
    """Return leaves and splits whose change does not show, and how many of the splits ask for one category."""
    model = opened(name, TREES[name])
    rows = challenge_of(model, people(), np.random.default_rng(0))
    mutant = Mutant(model, rows.frame)
    leaves = "class_weights" if name != "adult_hours_regressor" else "target_weights"
    weights, values = numbers(mutant.node, leaves), numbers(mutant.node, "nodes_values")
    lost = [at for at in range(0, len(weights), every) if not mutant.shows(leaves, at, weights[at] + 0.5)]
    inner = [at for at, mode in enumerate(mutant.modes) if mode != "LEAF"][::every]
    moved = [
        at
        for at in inner
        for by in (1.002, 0.998)
        if not mutant.shows("nodes_values", at, values[at] * by if values[at] else 125 * (by - 1))
    ]
    return lost, moved, inner, mutant


@pytest.mark.parametrize("name", sorted(TREES))
def test_a_sample_of_changed_leaves_and_splits_shows(name: str) -> None:
    lost, moved, _, mutant = leaves_and_splits(name, every=23)
    assert lost == []
    assert only_categories(moved, mutant)


def only_categories(moved: list[int], mutant: Mutant) -> bool:
    """Tell whether a change that does not show is one of a split between 0 and 1, where 0.499 and 0.501 ask the same of every row."""
    return all(numbers(mutant.node, "nodes_values")[at] == 0.5 and mutant.features[at] >= 5 for at in moved)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TREES))
def test_every_changed_leaf_and_every_changed_split_shows(name: str) -> None:
    lost, moved, inner, mutant = leaves_and_splits(name, every=1)
    assert lost == []
    assert only_categories(moved, mutant)
    assert name == "adult_rf_string_labels_zipmap" or moved == []
    assert len(inner) == sum(mode != "LEAF" for mode in mutant.modes)


@pytest.mark.parametrize("name", ["adult_xgboost", "adult_rf_string_labels_zipmap"])
def test_the_coverage_that_is_told_is_counted_from_the_rows_and_is_whole(name: str) -> None:
    model = opened(name, TREES[name])
    rows = challenge_of(model, people(), np.random.default_rng(1))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert found.leaves_visited == found.leaves_reachable > 0
    assert found.splits_tested >= 0.99 * found.splits_reachable  # a split between two equal leaves changes nothing


def test_rows_of_the_data_alone_find_few_changed_splits() -> None:
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    frame = people().sample(2995, random_state=0).reset_index(drop=True)
    mutant = Mutant(model, frame)
    values = numbers(mutant.node, "nodes_values")
    inner = [at for at, mode in enumerate(mutant.modes) if mode != "LEAF"]
    assert sum(mutant.shows("nodes_values", at, values[at] * 1.002) for at in inner) / len(inner) < 0.25


def test_without_made_rows_the_coverage_says_how_much_is_missing() -> None:
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    rows = challenge_of(model, people(), np.random.default_rng(0))
    drawn = [at for at, item in enumerate(rows.purpose) if item == "drawn"]
    part = Challenge(rows.frame.iloc[drawn].reset_index(drop=True), ("drawn",) * len(drawn), rows.target[drawn])
    found, _ = covered(model, part, model.predict(part.frame).score)
    assert found.splits_tested == 0
    assert 0 < found.leaves_visited < found.leaves_reachable
    assert not found.complete


def test_every_coefficient_of_a_sum_is_moved() -> None:
    model = opened("adult_lr_pipeline_strings_nozipmap")
    rows = challenge_of(model, people(), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert (found.kind, found.complete) == ("weights", True)
    mutant = onnx.load_from_string(model.file)
    node = next(item for item in mutant.graph.node if item.op_type == "LinearClassifier")
    base = model.predict(rows.frame).score
    for at in range(len(numbers(node, "coefficients"))):
        before = numbers(node, "coefficients")[at]
        numbers(node, "coefficients")[at] = before + 0.01
        assert not np.array_equal(
            OnnxPredictor(mutant.SerializeToString(), model.signature).predict(rows.frame).score, base
        )
        numbers(node, "coefficients")[at] = before


def test_every_coefficient_of_numbers_is_moved_though_the_data_hold_one_row() -> None:
    model = opened("adult_lr_pipeline_strings_nozipmap")
    rows = challenge_of(model, people().head(1), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert found.complete


def test_the_same_seed_gives_the_same_rows_and_another_one_other_rows() -> None:
    model = opened("adult_hours_regressor", TREES["adult_hours_regressor"])
    one, same, other = (challenge_of(model, people(), np.random.default_rng(seed)).frame for seed in (4, 4, 5))
    assert one.equals(same)
    assert not one.equals(other)


def test_a_row_in_a_box_reaches_the_node_of_the_box() -> None:
    model = opened("adult_xgboost", FIVE)
    ground = open_ground(model, challenge_of(model, people(), np.random.default_rng(0)).frame)
    assert ground.trees is not None
    reached = leaves_of(ground.trees, ground.encoded)
    leaf = ground.trees.splits.leaf
    for box in list(boxes(ground.trees, 5))[:400]:
        if leaf[box.node]:
            inside = ((ground.encoded > box.low) & (ground.encoded <= box.high)).all(axis=1)
            assert np.array_equal(inside, (reached == box.node).any(axis=1))


def test_at_most_so_many_splits_get_a_pair() -> None:
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    rows = challenge_of(model, people(), np.random.default_rng(0), Limits(drawn=7, splits=10))
    assert (rows.purpose.count("edge"), rows.purpose.count("drawn")) == (20, 7)


def test_data_without_a_whole_row_and_data_without_a_column_are_refused_in_words() -> None:
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    with pytest.raises(RefusedInputError, match="Each of the 2 rows lacks a number"):
        challenge_of(model, people().head(2).assign(age=np.nan), np.random.default_rng(0))
    with pytest.raises(RefusedInputError, match="The data do not have 'age'"):
        challenge_of(model, people()[["sex"]], np.random.default_rng(0))


def test_one_row_of_data_is_enough_to_reach_most_leaves() -> None:
    model = opened("adult_gbc_float32_nozipmap", FIVE)
    rows = challenge_of(model, people().head(1), np.random.default_rng(0))
    found, _ = covered(model, rows, model.predict(rows.frame).score)
    assert found.leaves_visited == found.leaves_reachable
