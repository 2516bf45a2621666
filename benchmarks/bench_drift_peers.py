"""Drift beside Evidently, and estimates beside NannyML, on the same files in one run (`make bench-peers`).

    python -m benchmarks.bench_drift_peers [rows in thousands, default 1000] [python of the peers, default .venv-peers/bin/python]

The peers live in an environment of their own, because they pin other versions; where it is missing the reason is printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from governance.drift import cbpe, counted_pairs, drift
from governance.evidence import silent
from tests.drift.planted import MOVED, window

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks" / "peers"


def peer(python: Path, script: str, *files: Path) -> dict | None:
    """Return what a peer printed, or None with its reason on the screen."""
    done = subprocess.run([python, HERE / script, *files], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {script}: not measured: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def ours(reference: pd.DataFrame, current: pd.DataFrame) -> tuple[float, float, set[str]]:
    def once() -> set[str]:
        pairs = counted_pairs(reference, current, list(reference.columns), progress=silent)
        columns, _ = drift(pairs, np.random.default_rng(0))
        return {item.name for item in columns if item.verdict in ("small", "material")}

    once()
    spent = []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        found = once()
        spent.append((time.perf_counter() - wall, time.process_time() - cpu))
    return *sorted(spent)[1], found


def beside_evidently(rows: int, python: Path, folder: Path) -> None:
    files = folder / "reference.parquet", folder / "current.parquet"
    for seed, path in enumerate(files):
        window(rows, seed, drifted=seed == 1).to_parquet(path, index=False)
    wall, cpu, found = ours(*(pd.read_parquet(path) for path in files))
    print(f"{rows:,} + {rows:,} rows, 20 numeric + 10 categorical columns, six of them moved")
    others = len(found - MOVED)
    print(f"  Countersign                 {wall:9.2f} s wall {cpu:9.2f} s of processor")
    print(f"  found {len(found & MOVED)} of 6, {others} others")
    theirs = peer(python, "evidently_drift.py", *files)
    if theirs:
        print(f"  Evidently DataDriftPreset   {theirs['wall']:9.2f} s wall {theirs['cpu']:9.2f} s of processor")
        print(f"  flagged {theirs['flagged']}, {theirs['mb']:.0f} MB beyond the data")
        print(f"  ratio {theirs['wall'] / wall:.0f} wall, {theirs['cpu'] / cpu:.0f} of processor (goal 60)")


def beside_nannyml(python: Path, folder: Path) -> None:
    rng = np.random.default_rng(0)
    files = folder / "known.parquet", folder / "new.parquet"
    for shift, path in zip((0.0, 0.7), files, strict=True):
        x = rng.normal(shift, 1, 50_000)
        score = 1 / (1 + np.exp(-2 * x))
        label = (rng.random(50_000) < 1 / (1 + np.exp(-x))).astype(int)
        pd.DataFrame({"score": score, "chosen": (score >= 0.5).astype(int), "label": label}).to_parquet(path)
    known, new = (pd.read_parquet(path) for path in files)
    cpu = time.process_time()
    found = cbpe.binned(known["score"].to_numpy(), new["score"].to_numpy(), 0.5)
    label = known["label"].to_numpy(dtype=float)
    plain = cbpe.expected(found, cbpe.calibrated(found, label, np.ones(len(known))), found.current.astype(float))
    guess = cbpe.estimates(found, label, np.ones(len(known)), rng)
    cpu = time.process_time() - cpu
    theirs = peer(python, "nannyml_cbpe.py", *files)
    print("Estimated performance without labels, 50,000 + 50,000 rows")
    if not theirs:
        return
    print(f"  Countersign {cpu:.2f} s of processor, NannyML {theirs['cpu']:.2f} s")
    names = {"roc_auc": "roc_auc", "accuracy": "accuracy", "precision": "precision", "true_positive_rate": "recall"}
    for name, same in names.items():
        item, other = guess[name], theirs["values"][same]
        interval = f"({item.low:.4f} to {item.high:.4f})"
        print(f"  {name:20} formula {plain[name]:.4f}  NannyML {other:.4f}  reported {item.value:.4f} {interval}")


def main() -> None:
    rows = int(sys.argv[1]) * 1000 if len(sys.argv) > 1 else 1_000_000
    python = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        print(
            f"not measured: there is no {python}; `make bench-peers` makes it where evidently and nannyml can be installed"
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        beside_nannyml(python, Path(folder))
        beside_evidently(rows, python, Path(folder))


if __name__ == "__main__":
    main()
