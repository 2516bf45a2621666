"""tab_err's errors on one Parquet file, in an environment of its own: writes each broken column with its mask; prints one JSON line."""

import json
import sys
import warnings
from pathlib import Path

import pandas as pd
from tab_err import error_mechanism, error_type
from tab_err.api.low_level import create_errors

warnings.simplefilter("ignore")
rows, folder, rate = pd.read_parquet(sys.argv[1]), Path(sys.argv[2]), 0.05
CASES = (
    ("unit", "capital_gain", error_mechanism.ECAR, None, error_type.WrongUnit, {"wrong_unit_scaling": lambda value: 1000 * value}),
    ("delta", "age", error_mechanism.EAR, "education_num", error_type.AddDelta, {"add_delta_value": 30}),
    ("outlier", "hours_per_week", error_mechanism.ENAR, None, error_type.Outlier, {}),
    ("missing", "capital_loss", error_mechanism.EAR, "age", error_type.MissingValue, {}),
    ("typo", "marital_status", error_mechanism.ECAR, None, error_type.Typo, {}),
    ("typo by age", "relationship", error_mechanism.EAR, "age", error_type.Typo, {}),
)  # fmt: skip
for at, (_, column, mechanism, by, kind, config) in enumerate(CASES):
    made, mask = create_errors(rows, column, rate, mechanism(condition_to_column=by, seed=at), kind(config, seed=at))
    pd.DataFrame({"value": made[column], "mask": mask[column]}).to_parquet(folder / f"{at}.parquet", index=False)
print(json.dumps([[name, column] for name, column, *_ in CASES]))
