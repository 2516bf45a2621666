"""A missing value in a model that was never taught one is said where the model is looked at and where it answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from governance.models.intake.examine import examine
from governance.models.intake.limits import Limits
from tests.explain.bringing import asked
from tests.models.hostile import tree


def test_it_is_said_at_intake_and_beside_the_predictions(tmp_path: Path) -> None:
    file = tree().SerializeToString()
    words = "the trees were never taught missing values, and the file treats one as larger than every threshold"
    assert examine(file, Limits(), ("a", "b")).notes == (f"If a row misses a number: {words}.",)
    rows = pd.DataFrame({"a": [0.0, np.nan, 1.0], "b": [1.0, 1.0, 1.0]})
    found = asked("models.predict", tmp_path, file, rows)
    assert found.notes == (f"1 of 3 rows miss a number: {words}.",)
    assert (found.scores[0].low, found.scores[0].high) == (1.0, 2.0)
    assert asked("models.predict", tmp_path, file, rows.dropna()).notes == ()


def test_trees_that_send_missing_values_somewhere_are_taught() -> None:
    assert (
        examine(tree(nodes_missing_value_tracks_true=[1, 0, 0]).SerializeToString(), Limits(), ("a", "b")).notes == ()
    )
