"""A pipeline with one-hot encoding, trained on the hospital encounters, as somebody outside would bring it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SCHEMA = """\
target = "readmitted"
positive = "yes"
negative = ["no"]
selected_is = "good"
sensitive = ["race", "gender"]
identifier = "encounter_id"
threshold = {threshold}
"""


@dataclass(frozen=True)
class Hospital:
    """Files in a folder."""

    pipeline: Path
    train: Path
    baseline: Path
    later: Path
    schema: Path


def encounters(path: Path) -> pd.DataFrame:
    """Return the encounters with any readmission as the label; what the publisher left out stays missing."""
    frame = pd.read_parquet(path)
    frame = frame.astype({name: "str" for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)})
    return frame.assign(readmitted=(frame["readmitted"] != "NO").map({True: "yes", False: "no"}))


def bring(shared: Path, folder: Path) -> Hospital:
    """Train, save with skops, and write the tables and the schema."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from skops.io import dump

    tables = {
        name: encounters(shared / "data" / "diabetes130" / f"{name}.parquet") for name in ("train", "baseline", "later")
    }
    features = tables["train"].drop(columns=["encounter_id", "readmitted"])
    text = make_column_selector(dtype_exclude="number")(features)
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", min_frequency=20, sparse_output=False), text), remainder="passthrough"
    )
    pipeline = make_pipeline(encode, GradientBoostingClassifier(n_estimators=60, max_depth=3, random_state=0))
    pipeline.fit(features, tables["train"]["readmitted"])
    baseline = tables["baseline"].drop(columns=["encounter_id", "readmitted"])
    score = pd.Series(pipeline.predict_proba(baseline)[:, 1])
    dump(pipeline, folder / "pipeline.skops")
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "schema.toml").write_text(SCHEMA.format(threshold=round(float(score.quantile(0.59)), 4)))
    return Hospital(folder / "pipeline.skops", *(folder / f"{name}.parquet" for name in tables), folder / "schema.toml")
