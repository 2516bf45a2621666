"""How long a visitor waits, and how long the pages are: every page in a real browser.

The workspace holds an evaluation set of 48,000 rows. Every page is visited once without evidence ("cold": its frame, its first content,
the exact one); then each is opened three times from the navigation, and the medians are printed ("warm"). Last, the demonstration is
made and each of its pages is measured at 1280 pixels wide, as its chair sees it. Targets: start 5 s, frame 1 s, first content 3 s, exact
content 4 s, length 2,500 pixels.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.outcome import tell
from pages._ui.navigation import ENTRIES, Entry
from tests.e2e.driving import RunningApp, enter, follow, launch, length, settle, wait_for_evidence

ROWS = 48_000
ROUNDS = 3
WAIT_FOR_EVIDENCE = 600
TARGETS = {
    "start": 5.0,
    "frame, cold": 1.0,
    "first content, cold": 3.0,
    "exact content, cold": 4.0,
    "frame": 1.0,
    "content": 3.0,
    "length": 2500.0,
}


def workspace_with(rows: int, folder: Path) -> Path:
    """Make a workspace with the demonstration's models and an evaluation set of this many rows."""
    import pandas as pd

    from governance.demo import build_demo
    from governance.workflow.registry import register
    from governance.workflow.workspace import OPERATOR, current_workspace

    demo = build_demo(folder / "files")
    place = folder / "workspace"
    workspace = current_workspace.create("Benchmark", "a passphrase for measuring", place)
    credit = [table for table in demo.tables if "credit" in table.name]
    everything = pd.concat([pd.read_parquet(table.path) for table in credit], ignore_index=True)
    large = folder / "evaluation.parquet"
    everything.sample(rows, replace=True, random_state=0).reset_index(drop=True).to_parquet(large, index=False)
    for path, name, role in ((credit[0].path, "training", "training"), (large, "evaluation", "evaluation")):
        words = register.DataWords(name, role, credit[0].schema)  # type: ignore[arg-type]
        register.register_data(workspace, path, words, actor=OPERATOR)
    model = next(item for item in demo.models if "credit" in item.name)
    facts = register.ModelWords(model.title, model.version, "nobody", model.intended_use, model.risk_tier)
    register.register_model(workspace, model.path, facts, actor=OPERATOR)
    workspace.close()
    return place


def open_page(page: Page, entry: Entry) -> tuple[float, float]:
    """Open a page from the navigation; return the seconds until its title stands and until it has been drawn."""
    begun = time.perf_counter()
    follow(page, entry.title)
    page.wait_for_function(
        "key => location.pathname === '/' + key && document.querySelector('h1')",
        arg="" if entry.key == "home" else entry.key,
    )
    frame = time.perf_counter() - begun
    settle(page, 120)
    return frame, time.perf_counter() - begun - 0.3


def measure(app: RunningApp, start: float) -> list[tuple[str, str, float]]:
    """Return (page, what, seconds) for everything that a visitor waits for."""
    found = [("start of the app to its first page", "start", start)]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        enter(page, app.address)
        for entry in ENTRIES:
            begun = time.perf_counter()
            frame, first = open_page(page, entry)
            wait_for_evidence(page, WAIT_FOR_EVIDENCE)
            exact = time.perf_counter() - begun - 0.3
            found += [(entry.title, "frame, cold", frame), (entry.title, "first content, cold", first)]
            found += [(entry.title, "exact content, cold", exact)]
        for entry in ENTRIES:
            rounds = []
            for _ in range(ROUNDS):
                open_page(page, ENTRIES[0 if entry.key != "home" else 1])
                rounds.append(open_page(page, entry))
            found += [(entry.title, "frame", statistics.median(item[0] for item in rounds))]
            found += [(entry.title, "content", statistics.median(item[1] for item in rounds))]
        browser.close()
    return found


def lengths(app: RunningApp) -> list[tuple[str, str, float]]:
    """Return (page, "length", pixels) for every page of the demonstration, once everything on it has been computed."""
    found = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        enter(page, app.address, "Demo chair")
        for entry in ENTRIES:
            follow(page, entry.title)
            page.wait_for_function(
                "key => location.pathname === '/' + key", arg="" if entry.key == "home" else entry.key
            )
            wait_for_evidence(page, WAIT_FOR_EVIDENCE)
            found.append((entry.title, "length", float(length(page))))
        browser.close()
    return found


def of_the_demonstration(folder: Path) -> list[tuple[str, str, float]]:
    """Make the demonstration and return how long its pages are."""
    from governance.workflow.demo import build

    build(folder / "demo").close()
    app = RunningApp(folder / "demo", folder / "demo.log").start()
    try:
        return lengths(app)
    finally:
        app.kill()


def time_to_first_page(app: RunningApp) -> float:
    """Start the app and return the seconds until a browser shows its first page."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        begun = time.perf_counter()
        app.start()
        page.goto(app.address)
        page.wait_for_selector("h1")
        seconds = time.perf_counter() - begun
        browser.close()
    return seconds


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="countersign-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        app = RunningApp(workspace_with(ROWS, folder), folder / "app.log")
        try:
            found = measure(app, time_to_first_page(app))
        finally:
            app.kill()
        found += of_the_demonstration(folder)
    print(f"{'page':36} {'what':20} {'measured':>9} {'target':>7}")
    for page, what, value in found:
        tell(f"{page}, {what}", value, unit="px" if what == "length" else "s", target=TARGETS[what])
        verdict = "" if value <= TARGETS[what] else "  over"
        print(f"{page:36} {what:20} {value:9.2f} {TARGETS[what]:7.1f}{verdict}")


if __name__ == "__main__":
    main()
