"""How long a visitor waits: the start of the app, the frame and the content of every page, in a real browser.

The workspace holds an evaluation set of 48,000 rows. Every page is visited once so that its evidence exists; then each is opened
three times from the navigation, and the medians are printed. Targets: start 5 s, frame 1 s, content 3 s.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from pages._ui.navigation import ENTRIES, Entry  # noqa: E402
from tests.e2e.driving import RunningApp, enter, launch, settle, wait_for_evidence  # noqa: E402

ROWS = 48_000
ROUNDS = 3
WAIT_FOR_EVIDENCE = 600
TARGETS = {"start": 5.0, "frame": 1.0, "content": 3.0}


def workspace_with(rows: int, folder: Path) -> Path:
    """Make a workspace with the demonstration's models and an evaluation set of this many rows."""
    import pandas as pd

    from governance.data.demo.build import build_demo
    from governance.workflow import places, register

    demo = build_demo(folder / "files")
    place = folder / "workspace"
    workspace = places.create("Benchmark", "a passphrase for measuring", place)
    credit = [table for table in demo.tables if "credit" in table.name]
    everything = pd.concat([pd.read_parquet(table.path) for table in credit], ignore_index=True)
    large = folder / "evaluation.parquet"
    everything.sample(rows, replace=True, random_state=0).reset_index(drop=True).to_parquet(large, index=False)
    for path, name, role in ((credit[0].path, "training", "training"), (large, "evaluation", "evaluation")):
        words = register.DataWords(name, role, credit[0].schema)  # type: ignore[arg-type]
        register.register_data(workspace, path, words, actor="service")
    model = next(item for item in demo.models if "credit" in item.name)
    facts = register.ModelWords(model.title, model.version, "nobody", model.intended_use, model.risk_tier)
    register.register_model(workspace, model.path, facts, actor="service")
    workspace.close()
    return place


def open_page(page: Page, entry: Entry) -> tuple[float, float]:
    """Open a page from the navigation; return the seconds until its title stands and until it has been drawn."""
    begun = time.perf_counter()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=entry.title, exact=True).click()
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
            open_page(page, entry)
            wait_for_evidence(page, WAIT_FOR_EVIDENCE)
        for entry in ENTRIES:
            rounds = []
            for _ in range(ROUNDS):
                open_page(page, ENTRIES[0 if entry.key != "home" else 1])
                rounds.append(open_page(page, entry))
            found += [(entry.title, "frame", statistics.median(item[0] for item in rounds))]
            found += [(entry.title, "content", statistics.median(item[1] for item in rounds))]
        browser.close()
    return found


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
    print(f"{'page':36} {'what':8} {'seconds':>8} {'target':>7}")
    for page, what, seconds in found:
        verdict = "" if seconds <= TARGETS[what] else "  over"
        print(f"{page:36} {what:8} {seconds:8.2f} {TARGETS[what]:7.1f}{verdict}")


if __name__ == "__main__":
    main()
