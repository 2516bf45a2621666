"""The lab beside tab_err: its own masks and values, answered by the trees of the file and by the whole model (`make bench-peers`).

    python -m benchmarks.bench_stress_peers [python of the peers, default .venv-peers/bin/python]

tab_err breaks a table and knows no model; so its broken tables are an oracle of other people's for what the lab says about touched rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.bench_stress import SHARED, adult, fitted
from benchmarks.outcome import tell
from governance.data import from_table
from governance.stress.engines.engine import Engine
from governance.stress.scene import open_scene
from governance.stress.strike import Change
from governance.subject import Subject

ROOT = Path(__file__).resolve().parents[1]


def told(engine: Engine, column: str, rows: np.ndarray, values: pd.Series) -> np.ndarray:
    """Return the lab's decisions about the touched rows."""
    number = values.dtype.kind in "iuf"
    new = values.to_numpy(np.float64) if number else values.astype(object).where(values.notna(), None).to_numpy()
    decided = engine.ask(rows, (Change(column, new, np.arange(len(rows))),)).decided
    engine.settle()
    return decided


def main() -> None:
    python = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists() or not (SHARED / "adult").exists():
        print(f"not measured: there is no {python}, or the table Adult is not beside the checkout")
        return
    work = adult(22_561)
    _, model, _ = fitted(work)
    frame = work.frame.reset_index(drop=True)
    data = from_table(pa.Table.from_pandas(frame, preserve_index=False), work.schema)
    table = data.frame()
    scene = open_scene(Subject(data=data, model=model, predictions=model.predict(table)), "trees", 50_000)
    next(iter(scene.blocks()))
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder) / "rows.parquet", index=False)
        script = ROOT / "benchmarks" / "peers" / "tab_err_frames.py"
        done = subprocess.run(
            [python, script, Path(folder) / "rows.parquet", folder], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"not measured: {done.stderr.strip().splitlines()[-1:]}")
            return
        for at, (name, column) in enumerate(json.loads(done.stdout.strip().splitlines()[-1])):
            made = pd.read_parquet(Path(folder) / f"{at}.parquet")
            rows = np.flatnonzero(made["mask"].to_numpy())
            whole = scene.decider.answers(model.predict(table.assign(**{column: made["value"].to_numpy()}))).decided
            own = scene.clean.decided.copy()
            own[rows] = told(scene.engine, column, rows, made["value"].iloc[rows])
            print(
                f"  {name}: {len(rows):,} cells of {column}, {int((whole != scene.clean.decided).sum())} decisions change"
            )
            tell(
                f"tab_err, {name}: decisions otherwise than the whole run", int((own != whole).sum()), unit="", target=0
            )


if __name__ == "__main__":
    main()
