"""Evidently's DataDriftPreset on two Parquet files, in an environment of its own; prints one JSON line."""

import json
import resource
import sys
import time

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
wall, cpu = time.perf_counter(), time.process_time()
found = Report([DataDriftPreset()]).run(current, reference).dict()
seconds = time.perf_counter() - wall, time.process_time() - cpu
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
readings = [
    (item["metric_name"], float(item["value"])) for item in found["metrics"] if "ValueDrift" in item["metric_name"]
]
flagged = [name for name, value in readings if (value < 0.05 if "p_value" in name else value >= 0.1)]
print(json.dumps({"wall": seconds[0], "cpu": seconds[1], "mb": after - before, "flagged": len(flagged)}))
