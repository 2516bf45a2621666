"""How long an edit of a person's values takes until the answer stands on the screen, in a real browser.

An evaluation set of 48,000 rows, the demonstration's credit model. A value is typed and entered; the clock starts in the browser when
the key goes down and stops when the last of three things has been drawn: the prediction, the waterfall with the new value in it, and
the comparison before and after. Target: 95 of 100 edits within 200 ms.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.bench_pages import ROWS, workspace_with
from benchmarks.outcome import tell
from tests.e2e.driving import RunningApp, enter, launch, settle, wait_for_evidence

EDITS = 60
TARGET = 0.200
FIELD = '[class*="st-key-edit-"] input[type="number"]'
CHARTS = '[class*="st-key-what-if"] [data-testid="stVegaLiteChart"]'
WATCH = """() => {
  window.watched = {};
  const seen = name => { window.watched[name] = performance.now(); };
  addEventListener('keydown', event => { if (event.key === 'Enter') { window.watched = {}; seen('key'); } }, true);
  const panel = document.querySelector('[class*="st-key-what-if"]');
  new MutationObserver(records => {
    const charts = [...panel.querySelectorAll('[data-testid="stVegaLiteChart"]')];
    for (const target of new Set(records.map(record => record.target))) {
      const at = charts.findIndex(chart => chart.contains(target));
      if (at >= 0) seen('chart ' + at);
      else if ((target.nodeType === 1 ? target : target.parentElement)?.closest('[data-testid="stMetric"]')) seen('metric');
    }
  }).observe(panel, {subtree: true, childList: true, characterData: true, attributes: true});
}"""
DRAWN = """value => {
  const panel = document.querySelector('[class*="st-key-what-if"]');
  const charts = [...panel.querySelectorAll('[data-testid="stVegaLiteChart"]')];
  const holds = chart => [...chart.querySelectorAll('text')].some(text => text.textContent.endsWith('= ' + value));
  return charts.length === 2 && charts.every(holds) && window.watched['chart 1'];
}"""


def open_person(page: Page, app: RunningApp) -> None:
    """Open the page about one person and wait until it can be edited."""
    enter(page, f"{app.address}/person?row=7")
    wait_for_evidence(page, 900)
    page.locator(CHARTS).nth(1).wait_for(timeout=120_000)
    settle(page, 120)


def edit(page: Page, field: Locator, value: int) -> dict[str, float]:
    """Enter a value; return the milliseconds until each part was last drawn."""
    field.fill(str(value))
    field.press("Enter")
    page.wait_for_function(DRAWN, arg=str(value), timeout=30_000, polling="raf")
    page.wait_for_timeout(250)  # drawing that comes later counts, too
    seen = page.evaluate("window.watched")
    return {name: at - seen["key"] for name, at in seen.items() if name != "key"}


def measure(app: RunningApp) -> list[dict[str, float]]:
    """Return what each edit took."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        open_person(page, app)
        page.evaluate(WATCH)
        fields = page.locator(FIELD)
        start = [float(fields.nth(at).input_value()) for at in range(min(2, fields.count()))]
        found = []
        for at in range(EDITS):
            which = at % len(start)
            step = max(1, int(start[which]) // 50)
            found.append(edit(page, fields.nth(which), int(start[which]) + step * (1 + at // len(start))))
        browser.close()
    return found


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="countersign-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        app = RunningApp(workspace_with(ROWS, folder), folder / "app.log")
        try:
            found = measure(app.start())
        finally:
            app.kill()
    print(f"{len(found)} edits, load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for part in ("metric", "chart 0", "chart 1"):
        took = [item[part] for item in found if part in item]  # a prediction that stays the same is not drawn again
        print(f"{part:10} {len(took):3} times, median {statistics.median(took):6.0f} ms")
    whole = sorted(max(item.values()) for item in found)
    p95 = statistics.quantiles(whole, n=20)[-1] / 1000
    verdict = "" if p95 <= TARGET else "  over"
    tell("an edit, 95 of 100 within", p95, unit="s", target=TARGET)
    print(f"{'everything, median':40} {statistics.median(whole) / 1000:8.3f} s")
    print(f"{'everything, 95 of 100 within':40} {p95:8.3f} s   target {TARGET:.3f}{verdict}")


if __name__ == "__main__":
    main()
