"""A machine kept busy by two endless processes: when the first picture of Explanations and Drift is there, and when the exact one.

Run: python -m benchmarks.bench_busy [endless processes]     (default 2)

The demonstration is opened in a real browser; both pages are asked about its boosted trees on the training rows, which nobody has
computed yet. The first picture is the preview, or the exact answer where that comes before it. Targets on two cores: 3 s and 12 s.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.outcome import tell
from tests.e2e.driving import RunningApp, enter, launch, settle

CHAIR: Final = "Demo chair"
"""A member: a guest is asked for a name again at each new address."""
WARM: Final = 20.0
"""Seconds after which the workers have imported their libraries, as in an app that was opened some time ago."""
PATIENCE: Final = 180.0
FIRST, EXACT = 3.0, 12.0
PAGES: Final = {"explanations": "bars", "drift": "metrics"}
"""Page -> name of its first chart."""
PREVIEW: Final = '[class*="st-key-preview-"]'


def endless() -> None:
    """Keep a core busy."""
    while True:
        sum(range(100_000))


def question(folder: Path) -> str:
    """Return the address, without the page, of a question that the demonstration has not answered."""
    os.environ["COUNTERSIGN_WORKSPACE"] = str(folder)
    from pages._ui import workspace

    def label(items: tuple[workspace.Choice, ...], words: str) -> str:
        return next(item.label for item in items if words in item.label)

    model = next(item for item in workspace.models() if "boosted" in item.label)
    tables = workspace.data(model.digest)
    return urlencode({"model": model.label, "data": label(tables, "1 to 9"), "reference": label(tables, "10 to 12")})


def look(page: Page, address: str, chart: str) -> tuple[float, float]:
    """Return the seconds until the first picture and until the exact one."""
    begun, first = time.monotonic(), 0.0
    early, exact = f"{PREVIEW} svg.marks", f".st-key-chart-{chart} svg.marks"
    page.goto(address)
    while (now := time.monotonic() - begun) < PATIENCE:
        previewed, drawn = page.locator(early).count() > 0, page.locator(exact).count() > 0
        first = first or (now if previewed or drawn else 0.0)
        if drawn and not page.locator(PREVIEW).count():
            return first, now
        page.wait_for_timeout(50)
    raise AssertionError(f"{address} was not drawn within {PATIENCE:.0f} s")


def main() -> None:
    """Print how long the pictures take."""
    from governance.workflow.demo import build

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    busy = [multiprocessing.get_context("spawn").Process(target=endless, daemon=True) for _ in range(number)]
    with tempfile.TemporaryDirectory(prefix="countersign-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        build(folder / "demo").close()
        asked = question(folder / "demo")
        app = RunningApp(folder / "demo", folder / "demo.log").start()
        try:
            with sync_playwright() as playwright:
                browser = launch(playwright)
                page = browser.new_page(viewport={"width": 1280, "height": 1000})
                enter(page, app.address, CHAIR)
                page.wait_for_timeout(1000 * WARM)
                for process in busy:
                    process.start()
                for what, chart in PAGES.items():
                    first, exact = look(page, f"{app.address}/{what}?{asked}", chart)
                    print(
                        f"{what:14} first picture {first:6.2f} s  exact {exact:6.2f} s  beside {number} endless processes"
                    )
                    tell(f"first picture, {what}, busy machine", first, unit="s", target=FIRST)
                    tell(f"exact, {what}, busy machine", exact, unit="s", target=EXACT)
                    settle(page)
                browser.close()
        finally:
            for process in busy:
                if process.is_alive():
                    process.kill()
            app.kill()


if __name__ == "__main__":
    main()
