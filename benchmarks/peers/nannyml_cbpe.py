"""NannyML's confidence-based estimates of one window, in an environment of its own; prints one JSON line."""

import json
import os
import sys
import time

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import pandas as pd

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
metrics = ["roc_auc", "accuracy", "precision", "recall", "specificity"]
wall, cpu = time.perf_counter(), time.process_time()
estimator = nannyml.CBPE(
    metrics=metrics, y_pred_proba="score", y_pred="chosen", y_true="label", problem_type="classification_binary",
    chunk_number=1,
).fit(reference)  # fmt: skip
frame = estimator.estimate(current).filter(period="analysis").to_df()
seconds = time.perf_counter() - wall, time.process_time() - cpu
values = {name: float(frame[(name, "value")].iloc[0]) for name in metrics}
print(json.dumps({"wall": seconds[0], "cpu": seconds[1], "values": values}))
