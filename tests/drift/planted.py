"""Windows with planted drift: twenty numeric and ten categorical columns, six of which move."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEVELS = (2, 3, 5, 8, 10, 20, 50, 100, 200, 1000)
MOVED = {"num_0", "num_1", "num_6", "num_11", "cat_2", "cat_6"}


def window(rows: int, seed: int, *, drifted: bool) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {f"num_{j}": _numbers(j, rows, rng, drifted) for j in range(20)}
    for j, levels in enumerate(LEVELS):
        share = 1 / np.arange(1, levels + 1) ** 0.8
        if drifted and j == 2:
            share[0] *= 1.5
        if drifted and j == 6:
            share[::2] *= 1.2
        codes = rng.choice(levels, rows, p=share / share.sum())
        columns[f"cat_{j}"] = pd.Categorical.from_codes(codes, [f"c{j}_{k:04d}" for k in range(levels)])
    return pd.DataFrame(columns)


def _numbers(j: int, rows: int, rng: np.random.Generator, drifted: bool) -> np.ndarray:
    draw = (
        lambda: rng.normal(size=rows),
        lambda: rng.lognormal(size=rows),
        lambda: rng.gamma(2, 2, rows),
        lambda: rng.uniform(0, 100, rows),
        lambda: rng.poisson(30, rows).astype(float),
    )[j % 5]
    x = draw()
    if drifted and j == 0:
        x += 0.25
    if drifted and j in (1, 6):
        x *= {1: 1.3, 6: 1.1}[j]
    if drifted and j == 11:
        x = np.where(rng.random(rows) < 0.01, x * 10, x)
    if j in (3, 8, 13, 18):
        x[rng.random(rows) < 0.02] = np.nan
    return x
