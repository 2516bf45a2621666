"""The method that ranks pairs of columns, on files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from governance.explain.results.interaction import Interactions, strongest, values_of
from governance.runs.run import read_array
from tests.explain.asking import ask, pipeline


def test_the_pair_that_the_outcome_was_made_of_acts_together_most(folder: Path, boosted: bytes) -> None:
    done = ask("explain.interactions", folder, boosted, arrays=True)
    found = done.evidence.read(Interactions)
    assert (found.exact, found.units, found.left_out) == (True, "log-odds", ())
    assert {found.pairs[0].first, found.pairs[0].second} == {"age", "region"}
    table = read_array(done.arrays["interactions"])
    for pair in found.pairs:
        values = values_of(pair, table)
        assert len(values) == 200
        assert np.abs(values).mean() == pytest.approx(pair.mean_abs, abs=1e-6)
    best = strongest(found, "region")
    assert best is not None
    assert best.partner("region") == "age"


def test_interactions_of_few_columns_and_rows_say_what_was_left_out(folder: Path, boosted: bytes) -> None:
    done = ask("explain.interactions", folder, boosted, arrays=True, columns=2, max_rows=50)
    found = done.evidence.read(Interactions)
    assert (set(found.columns), set(found.left_out)) == ({"age", "region"}, {"income", "job"})
    assert (len(found.pairs), done.evidence.rows.used, done.evidence.rows.total) == (1, 50, 200)
    assert read_array(done.arrays["interactions"]).column("0").null_count == 150


def test_interactions_mirror_for_the_other_class_and_vanish_for_linear_scores(
    folder: Path, boosted: bytes, people: pd.DataFrame
) -> None:
    means = [
        {(pair.first, pair.second): pair.mean for pair in found.pairs}
        for found in (
            ask("explain.interactions", folder, boosted, target=name).evidence.read(Interactions)
            for name in ("yes", "no")
        )
    ]
    assert all(means[0][pair] == pytest.approx(-means[1][pair], abs=1e-9) for pair in means[0])
    linear = ask("explain.interactions", folder, pipeline(LogisticRegression(), people)).evidence.read(Interactions)
    assert [pair.mean_abs for pair in linear.pairs] == [0.0] * 6
    assert "no two columns interact" in linear.notes[-1]
    asked = ask("explain.interactions", folder, pipeline(GaussianNB(), people)).evidence
    assert not asked.assessed
    assert "Not explained from the file itself" in asked.result["reason"]
