"""Run the benchmarks one after another and end with one table: `python -m benchmarks [--quick] [--keep] [NAME ...]`.

`--quick` takes small sizes and leaves the browser out, to see in a few minutes that everything runs; its numbers are not to be quoted,
because targets are meant for the full sizes. `--keep` writes the figures, with machine and date, into `kept.json` beside this file: a
release commits them, and each later run shows them in a column of its own. The exit code is 1 when a benchmark broke down, never for a
missed target.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.outcome import Outcome, heard

ROOT: Final = Path(__file__).resolve().parents[1]
KEPT: Final = Path(__file__).with_name("kept.json")
"""Figures of the last release."""
Figures = dict[tuple[str, str], float]
"""Number of each result, by benchmark and words."""


@dataclass(frozen=True, slots=True)
class Script:
    """A benchmark and its words for a quick run."""

    name: str
    quick: tuple[str, ...] | None
    """None when it is left out of a quick run: it drives a browser."""


SCRIPTS: Final = (
    Script("busy", None),
    Script("drift", ("20", "0")),
    Script("drift_error", ("20", "1000")),
    Script("group_alarms", ("40",)),
    Script("explain", ("--rows", "2000", "--shap-rows", "2")),
    Script("fairness", ("--quick",)),
    Script("large", ("100_000",)),
    Script("ledger", ("300",)),
    Script("models", ("5000",)),
    Script("norms", ("40",)),
    Script("pages", None),
    Script("pipeline", ("--quick",)),
    Script("quality", ("20000",)),
    Script("sampled", ("--repeats", "1")),
    Script("serving", ("--quick",)),
    Script("slider", None),
    Script("stress", ("--quick",)),
    Script("tables", ("100000", "40")),
    Script("verify", ("500",)),
    Script("visitors", ("3", "0.1")),
    Script("what_if", None),
    Script("window_alarms", ("8",)),
    Script("writers", ("20",)),
)


def run(script: Script, *, quick: bool) -> tuple[int, list[tuple[str, Outcome]]]:
    """Run one benchmark, pass its words on, and return its exit code and results."""
    words = (script.quick or ()) if quick else ()
    command = [sys.executable, "-m", f"benchmarks.bench_{script.name}", *words]
    found = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            outcome = heard(line)
            if outcome is None:
                sys.stdout.write(line)
                sys.stdout.flush()
            else:
                found.append((script.name, outcome))
    return process.returncode, found


def table(
    found: list[tuple[str, Outcome]], *, before: Mapping[tuple[str, str], float] | None = None, quick: bool = False
) -> str:
    """Return all results beside their targets and the figures of the last release.

    Small sizes are not judged by the targets of the full ones, nor set beside their figures.
    """
    lines = [f"{'benchmark':13} {'what':58} {'measured':>12} {'last release':>12} {'target':>12}  verdict"]
    for name, item in found:
        sign = "at least" if item.at_least else "at most"
        target = "" if item.target is None else f"{sign} {item.target:g}"
        last = None if quick else (before or {}).get((name, item.what))
        lines.append(
            f"{name:13} {item.what:58} {item.value:>9,.2f} {item.unit:2} {'' if last is None else f'{last:,.2f}':>12} {target:>12}  "
            f"{'small sizes' if quick else item.verdict}"
        )
    return "\n".join(lines)


def keep(found: list[tuple[str, Outcome]], measured_on: str, path: Path = KEPT) -> None:
    """Write the figures for later runs; those of benchmarks that did not run stay, under the machine and day of their own run."""
    ran = {name for name, _ in found}
    older = [item for item in _read(path) if item["benchmark"] not in ran]
    new = [
        {"benchmark": name, "what": item.what, "value": item.value, "unit": item.unit, "measured_on": measured_on}
        for name, item in found
    ]
    path.write_text(json.dumps([*older, *new], indent=1) + "\n", encoding="utf-8")


def kept(path: Path = KEPT) -> tuple[Figures, str]:
    """Return the figures of the last release and what they were measured on; nothing and "" before the first one."""
    items = _read(path)
    figures = {(item["benchmark"], item["what"]): item["value"] for item in items}
    return figures, "; ".join(dict.fromkeys(item["measured_on"] for item in items))


def _read(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


def machine() -> str:
    """Return what the numbers were measured on, and when: a number alone says nothing."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8", errors="replace").splitlines() if known.is_file() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    busy = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {os.cpu_count()} x {model}, {platform.system()}, Python {platform.python_version()}{busy}"


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(script.name for script in SCRIPTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, without the browser")
    parser.add_argument("--keep", action="store_true", help="keep the figures as those of the release")
    asked = parser.parse_args()
    if asked.quick and asked.keep:
        parser.error("figures of small sizes are not kept: leave --quick out")
    unknown = set(asked.names) - {script.name for script in SCRIPTS}
    if unknown:
        parser.error(f"no benchmark {min(unknown)!r}; known: {', '.join(script.name for script in SCRIPTS)}")
    found: list[tuple[str, Outcome]] = []
    broken = []
    for script in (item for item in SCRIPTS if not asked.names or item.name in asked.names):
        if asked.quick and script.quick is None:
            print(f"== {script.name}: left out of a quick run, it drives a browser")
            continue
        print(f"== {script.name}", flush=True)
        code, results = run(script, quick=asked.quick)
        found += results
        broken += [script.name] if code else []
    before, measured_on = kept()
    print(f"\n{machine()}\n{table(found, before=before, quick=asked.quick)}")
    if measured_on and not asked.quick:
        print(f"last release: {measured_on}")
    if asked.keep:
        keep(found, machine())
    if broken:
        print(f"\nbroke down: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
