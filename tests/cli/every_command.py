"""Every command that takes a table, as somebody would type it: with roles, with a model, against a sound table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.cli.spoiled_people import People

ROLES: Final = "--target {target} --positive {positive} --sensitive {group}"
NORMS = """title = "Parity"
[[norms]]
id = "parity"
metric = "demographic_parity"
compare = "difference"
limit = "0.10"
attributes = ["sex"]
"""
"""Norms that commands are asked about."""
LINES: Final = (
    "quality {table}",
    "quality {table} " + ROLES,
    "quality {table} --reference {sound}",
    "quality {sound} --reference {table}",
    "expectations {table} " + ROLES,
    "audit-data {table} --sensitive {group} --target {target}",
    "baseline {table} --out {out}/baseline.json " + ROLES,
    "watch {frozen} {table}",
    "drift {sound} {table} --model {model} " + ROLES,
    "drift {table} {sound} --identifier {key}",
    "drift {sound} {table} --by rows --window-rows 20 --target {target} --sensitive {group}",
    "fairness {table} --model {model} --draws 50 " + ROLES,
    "fairness {table} --target {target} --prediction {target} --sensitive {group}",
    "impact-ratio {table} --prediction {target} --positive {positive} --sensitive {group}",
    "impact-ratio {table} --prediction {target} --sensitive {group} --timestamp {key} --summary {out}/s.csv --tool t --source s",
    "impact-ratio {table} --scoring --model {model} " + ROLES,
    "impact-ratio --table {table}",
    "mitigate {table} --attribute {group} --out {out}/c1 --size 4 " + ROLES,
    "mitigate {table} --attribute {group} --out {out}/c2 --algorithm correlation_remover " + ROLES,
    "mitigate {table} --attribute {group} --out {out}/c3 --algorithm threshold_optimizer --model {model} " + ROLES,
    "segments {model} {table} --min-rows 10 " + ROLES,
    "stress {model} {table} --no-search --reference {sound} " + ROLES,
    "stress {model} {sound} --no-search --reference {table} " + ROLES,
    "stress {model} {table} --budget 0.1 " + ROLES,
    "pipeline {table} " + ROLES,
    "pipeline {sound} --reference {table} " + ROLES,
    "stages {model} {table} --reference {sound}",
    "stages {model} {sound} --reference {table}",
    "derive {model} {table} --as int8-static --out {out}/lighter.onnx " + ROLES,
    "schedule {model} {model} --data {table} --rounds 5 --cores 1",
    "latency {model} {table} --rate 20 --seconds 0.5",
    "predict {model} {table} --out {out}/answers.parquet",
    "explain {model} {table} --out {out}/values.parquet",
    "explain {model} {table} --scale probability --method permutation --model-calls 60 --interactions",
    "explain {model} {sound} --background {table}",
    "lime {model} {table} --row 1 --samples 60 --repeats 2",
    "reasons {model} {table} --positive {positive} --out {out}/reasons.csv",
    "report {model} {table} --out {out}/report.html " + ROLES,
    "report {model} {sound} --reference {table} --out {out}/report2.html " + ROLES,
    "convert {model} --sample {table} --out {out}/named.onnx",
    "automl {table} --norms {norms} --trials 2 --learners logistic --identifier {key} " + ROLES,
    "automl read {log} --kind csv --predictions {table} --norms {norms} " + ROLES,
    "register data {table} --name t --role evaluation --workspace {workspace} " + ROLES,
)  # fmt: skip
"""One command a line; what stands in braces is put in by `words`."""
SILENT: Final = ("report", "expectations")
"""Commands without `--json`."""


def words(line: str, people: People, files: dict[str, Path]) -> list[str]:
    """Return the words of one command about `files`, which name at least the spoiled `table`."""
    roles = {"target": people.target, "positive": people.positive, "group": people.group, "key": people.key}
    return [word.format(**roles, **files) for word in line.split()]
