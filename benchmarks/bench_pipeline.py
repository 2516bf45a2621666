"""Variants of a pipeline with shared work beside each of them run whole: trained again and asked about every row; processor seconds.

python -m benchmarks.bench_pipeline [--quick]

Every variant is run both ways in one process, and all decisions are compared. mlwhatif counts a variant of the rows that are decided about
as one more training; sharing it is most of its gain. What has to be trained again here is trained again: there only encoded columns are
shared. So both are told apart.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.bench_stress import SHARED, adult
from benchmarks.outcome import tell
from governance.data import from_table
from governance.stress import PipelineReport, Recipe, StressPipeline, pipeline_run
from governance.subject import Subject

EVERY = 10**6


class Spent:
    """Processor seconds by the phase that progress tells."""

    def __init__(self) -> None:
        self.by_phase: dict[str, float] = {}
        self._phase, self._since = "before", time.process_time()

    def __call__(self, done: int, of: int, phase: str) -> None:  # noqa: ARG002 - the phase alone matters
        self.stop()
        self._phase = phase

    def stop(self) -> None:
        now = time.process_time()
        self.by_phase[self._phase] = self.by_phase.get(self._phase, 0.0) + now - self._since
        self._since = now


def run(
    subject: Subject, model: Literal["logistic", "boosted", "forest"], whole_runs: int
) -> tuple[PipelineReport, dict[str, float]]:
    spent, parameters = Spent(), StressPipeline(recipe=Recipe(model=model), whole_runs=whole_runs)
    found = pipeline_run.pipeline(subject, parameters, rng=np.random.default_rng(0), progress=spent).result
    spent.stop()
    assert isinstance(found, PipelineReport)
    return found, spent.by_phase


def beside(subject: Subject, model: Literal["logistic", "boosted", "forest"]) -> None:
    run(subject, model, 0)
    shared, own = run(subject, model, 0)
    held, both = run(subject, model, EVERY)
    whole = {phase: both[phase] - own[phase] for phase in own}
    broken, again = "asking about broken rows", "training variants"
    fixed = own["before"]
    serving = [item for item in shared.variants if not item.refitted]
    tell(
        f"{model}: {len(serving)} variants that share one training",
        whole[broken] / (own[broken] + fixed),
        target=13,
        at_least=True,
    )
    tell(f"{model}: {len(shared.variants) - len(serving)} variants that are trained again", whole[again] / own[again])
    tell(f"{model}: all {len(shared.variants)} variants", (whole[broken] + whole[again]) / sum(own.values()))
    tell(f"{model}: trainings, of {held.shared.fits_whole}", held.shared.fits, unit="")
    tell(f"{model}: decisions otherwise than the whole runs", held.shared.whole_decisions_differ, unit="", target=0)


def main() -> None:
    warnings.filterwarnings("ignore")
    if not (SHARED / "adult").exists():
        sys.stdout.write("The table Adult is not beside the checkout; nothing is measured.\n")
        return
    rows = 800 if "--quick" in sys.argv else 5_000
    work = adult(rows)
    frame = pd.concat([work.train.head(rows), work.frame]).reset_index(drop=True)
    subject = Subject(data=from_table(pa.Table.from_pandas(frame, preserve_index=False), work.schema))
    beside(subject, "logistic")
    beside(subject, "boosted")


if __name__ == "__main__":
    main()
