"""Run the benchmarks one after another and end with one table: `python -m benchmarks [--quick] [NAME ...]`.

`--quick` takes small sizes and leaves the browser out, to see in a few minutes that everything runs; its numbers are not to be quoted,
because targets are meant for the full sizes. The exit code is 1 when a benchmark broke down, never for a missed target.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.outcome import Outcome, heard

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Script:
    """A benchmark and its words for a quick run."""

    name: str
    quick: tuple[str, ...] | None
    """None when it is left out of a quick run: it drives a browser."""


SCRIPTS: Final = (
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
    Script("quality", ("20000",)),
    Script("sampled", ("--repeats", "1")),
    Script("serving", ("--quick",)),
    Script("slider", None),
    Script("stress", ("--quick",)),
    Script("tables", ("100000", "40")),
    Script("verify", ("500",)),
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


def table(found: list[tuple[str, Outcome]], *, quick: bool = False) -> str:
    """Return all results beside their targets; small sizes are not judged by the targets of the full ones."""
    lines = [f"{'benchmark':12} {'what':58} {'measured':>12} {'target':>12}  verdict"]
    for name, item in found:
        sign = "at least" if item.at_least else "at most"
        target = "" if item.target is None else f"{sign} {item.target:g}"
        lines.append(
            f"{name:12} {item.what:58} {item.value:>9,.2f} {item.unit:2} {target:>12}  {'small sizes' if quick else item.verdict}"
        )
    return "\n".join(lines)


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
    asked = parser.parse_args()
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
    print(f"\n{machine()}\n{table(found, quick=asked.quick)}")
    if broken:
        print(f"\nbroke down: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
