"""How long the threshold slider of the fairness page takes to redraw, in a real browser, at 1,000,000 rows.

Run: `python -m benchmarks.bench_slider [ROWS]`. The table has a column of scores; its evidence is made first, as it is for a
visitor. Then the slider is moved by a key, and the clock of the browser runs from the key press until the sentence under the slider
says the new threshold and the page is at rest for one frame. Medians and 95th percentiles; target 150 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from benchmarks.bench_large import write  # noqa: E402
from tests.e2e.driving import RunningApp, enter, launch, wait_for_evidence  # noqa: E402

MOVES = 40
WAIT = 900
MOVE = """() => new Promise((resolve, reject) => {
  const said = () => [...document.querySelectorAll('[data-testid="stMarkdownContainer"] p')].map(item => item.textContent)
    .find(text => text.startsWith('At ') && text.includes('selected')) || '';
  const app = document.querySelector('[data-testid="stApp"]');
  const before = said();
  const begun = performance.now();
  const look = () => {
    const now = performance.now();
    const rests = app.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector('[data-stale="true"]');
    if (said() !== before && rests) return requestAnimationFrame(() => resolve(performance.now() - begun));
    if (now - begun > 20000) return reject(new Error('the slider did not redraw'));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def workspace_with(rows: int, folder: Path) -> Path:
    """Make a workspace with a table of scores and the evidence of its sweep."""
    from governance.data.schema import Schema
    from governance.workflow import assess, places, register, subjects

    place = folder / "workspace"
    workspace = places.create("Benchmark", "a passphrase for measuring", place)
    table = folder / "people.parquet"
    write(table, rows)
    roles = Schema(target="label", positive="1", sensitive=("sex", "race"), score="score")
    digest = register.register_data(
        workspace, table, register.DataWords("people", "evaluation", roles), actor="service"
    )
    for method in ("fairness.by_group", "fairness.sweep"):
        assess.now(workspace, subjects.task(workspace, method, subjects.Choice(data=digest)))
    workspace.close()
    return place


def measure(page: Page) -> list[float]:
    """Return the milliseconds of each move."""
    slider = page.get_by_test_id("stSlider").get_by_role("slider").first
    slider.focus()
    found = []
    for move in range(MOVES + 3):
        key = "ArrowRight" if move % 20 < 10 else "ArrowLeft"
        waiting = page.evaluate_handle(f"() => ({{ promise: ({MOVE})() }})")
        page.keyboard.press(key)
        found.append(float(waiting.evaluate("found => found.promise")))
    return found[3:]


def main() -> None:
    rows = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="countersign-") as name, sync_playwright() as playwright:
        folder = Path(name)
        app = RunningApp(workspace_with(rows, folder), folder / "app.log").start()
        try:
            page = launch(playwright).new_page()
            page.set_default_timeout(WAIT * 1000)
            enter(page, f"{app.address}/fairness?view=Thresholds")
            wait_for_evidence(page, WAIT)
            found = sorted(measure(page))
            print(
                f"threshold slider at {rows:,} rows: median {statistics.median(found):.0f} ms, 95th percentile "
                f"{found[int(0.95 * len(found)) - 1]:.0f} ms over {MOVES} moves (target 150 ms)"
            )
        finally:
            app.kill()


if __name__ == "__main__":
    main()
