"""How honest and how cheap sampled Shapley values are, on models whose exact values are known.

Run: `python -m benchmarks.bench_sampled [--repeats 100]`. Two black boxes on 12 columns and 50 background rows: boosted trees (exact values
from the trees themselves) and a neural network (exact values from all 4,096 sets of columns). For each budget of model rows: root mean
squared error of both ways, the share of true values within 1.96 standard errors (asked: 93 to 97 %), and shap's PermutationExplainer with
as many model rows. The last lines say how many model rows shap needs for the error of the better way, errors taken to fall with the root
of the rows.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.outcome import tell
from governance.evidence import silent
from governance.explain import Ask, enumerate_sets, permute, regress

PLAYERS, BACKGROUND, ROWS = 12, 50, 4
Model = Callable[[np.ndarray], np.ndarray]


def black_boxes() -> dict[str, Model]:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.neural_network import MLPRegressor

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3000, PLAYERS))
    target = (
        np.sin(2 * rows[:, 0]) * rows[:, 1] + (rows[:, 2] > 0) * rows[:, 3] * rows[:, 4] + 0.3 * rows[:, 5:].sum(axis=1)
    )
    trees = HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=16).fit(rows, target)
    network = MLPRegressor(hidden_layer_sizes=(32, 16), max_iter=60, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(rows, target)
    return {"boosted trees": trees.predict, "neural network": network.predict}


def shap_error(
    model: Model, row: np.ndarray, background: np.ndarray, known: np.ndarray, budget: int, seed: int
) -> tuple[float, int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

        asked = 0

        def counted(values: np.ndarray) -> np.ndarray:
            nonlocal asked
            asked += len(values)
            return model(values)

        masker = shap.maskers.Independent(background, max_samples=len(background))
        explainer = shap.PermutationExplainer(counted, masker, seed=seed)
        asked = 0
        rounds = max(1, round(budget / ((2 * PLAYERS + 1) * len(background))))
        found = explainer(row[None], max_evals=rounds * (2 * PLAYERS + 1), silent=True).values[0]
    return float(((found - known) ** 2).mean()), asked


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=40)
    repeats = parser.parse_args().repeats
    rng = np.random.default_rng(1)
    background, rows = rng.normal(size=(BACKGROUND, PLAYERS)), rng.normal(size=(ROWS, PLAYERS))
    for name, model in black_boxes().items():
        others = model(background)

        def asker(row: np.ndarray, model: Model = model) -> Ask:
            return lambda sets, which: model(np.where(sets, row, background[which]))

        known = [enumerate_sets(asker(row), PLAYERS, BACKGROUND, silent).values for row in rows]
        owns = model(rows)
        for budget in (1300, 5000, 20_000):
            best = np.inf
            for sample in (permute, regress):
                squared, inside = [], []
                for seed in range(repeats):
                    at = seed % ROWS
                    found = sample(
                        asker(rows[at]),
                        float(owns[at]),
                        others,
                        PLAYERS,
                        budget,
                        0.0,
                        np.random.default_rng(seed),
                        silent,
                    )
                    squared.append(((found.values - known[at]) ** 2).mean())
                    inside += (np.abs(found.values - known[at]) <= 1.96 * found.std_error + 1e-12).tolist()
                best = min(best, float(np.mean(squared)))
                print(
                    f"{name}, {budget:6,} model rows, {sample.__name__:8}: error {np.mean(squared) ** 0.5:.2e}, "
                    f"{np.mean(inside):.1%} of the true values within 1.96 standard errors"
                )
            theirs = [
                shap_error(model, rows[at % ROWS], background, known[at % ROWS], budget, at) for at in range(ROWS * 2)
            ]
            error, asked = float(np.mean([item[0] for item in theirs])), float(np.mean([item[1] for item in theirs]))
            tell(
                f"{name}, {budget:,} model rows: rows that shap would ask", asked / budget * error / best, at_least=True
            )
            print(
                f"{name}, {asked:6,.0f} model rows, shap    : error {error**0.5:.2e}; at the better way's error it would ask "
                f"{asked / budget * error / best:.1f} times as many rows"
            )


if __name__ == "__main__":
    main()
