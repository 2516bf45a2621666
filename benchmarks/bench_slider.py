"""How long the threshold slider and the costs of the fairness page take to redraw, in a real browser.

Run: `python -m benchmarks.bench_slider [ROWS ...]`; 20,000 and 1,000,000 rows unless told otherwise, to see whether rows matter.
The table has a column of scores; its evidence is made first, as it is for a visitor. Then the slider is moved by a key, and a cost
is typed. The clock is the browser's: from the time stamp of the key press to the end of the frame in which the marks and words of
the chart are other ones than before. Medians and 95th percentiles; target 150 ms.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from benchmarks.bench_large import write
from benchmarks.outcome import tell
from tests.e2e.driving import RunningApp, enter, launch, wait_for_evidence

MOVES = 40
WAIT = 900
MOVE = """() => new Promise((resolve, reject) => {
  const chart = document.querySelector('[data-testid="stVegaLiteChart"]:has(input[type=range])');
  const seen = () => [...chart.querySelectorAll('svg .mark-symbol path, svg .mark-text text')]
    .map(item => item.getAttribute('transform') + item.textContent).join();
  const before = seen();
  let begun = 0;
  document.addEventListener('keydown', event => { begun = event.timeStamp; }, { once: true, capture: true });
  const started = performance.now();
  const look = () => {
    if (begun && seen() !== before) {  // the next task after a frame begins when that frame is on the screen
      const painted = new MessageChannel();
      painted.port1.onmessage = () => resolve(performance.now() - begun);
      return requestAnimationFrame(() => painted.port2.postMessage(0));
    }
    if (performance.now() - started > 20000) return reject(new Error('the chart did not redraw'));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def workspace_with(rows: int, folder: Path) -> Path:
    """Make a workspace with a table of scores and the evidence of its sweep."""
    from governance.subject import Schema
    from governance.workflow.assess import assess
    from governance.workflow.registry import register
    from governance.workflow.workspace import OPERATOR, current_workspace, subjects

    place = folder / "workspace"
    workspace = current_workspace.create("Benchmark", "a passphrase for measuring", place)
    table = folder / "people.parquet"
    write(table, rows)
    roles = Schema(target="label", positive="1", sensitive=("sex", "race"), score="score")
    digest = register.register_data(workspace, table, register.DataWords("people", "evaluation", roles), actor=OPERATOR)
    for method in ("fairness.by_group", "fairness.sweep"):
        assess.now(workspace, subjects.task(workspace, method, subjects.Choice(data=digest)))
    workspace.close()
    return place


def press(page: Page, key: str) -> float:
    """Return the milliseconds from a key press to the changed chart."""
    waiting = page.evaluate_handle(f"() => ({{ promise: ({MOVE})() }})")
    page.keyboard.press(key)
    return float(waiting.evaluate("found => found.promise"))


def measure(page: Page) -> dict[str, list[float]]:
    """Return the milliseconds of each move of the slider, and of each figure typed as a cost."""
    page.locator(".vega-bindings input[type=range]").focus()
    moves = [press(page, "ArrowRight" if move % 20 < 10 else "ArrowLeft") for move in range(MOVES + 3)]
    cost = page.locator(".vega-bindings input[type=number]").first
    prices = []
    for move in range(MOVES + 3):
        cost.focus()
        cost.select_text()
        prices.append(press(page, str(2 + move % 7)))
    return {"threshold slider": moves[3:], "cost": prices[3:]}


def run(rows: int, playwright: Playwright) -> None:
    """Print the medians at a number of rows."""
    with tempfile.TemporaryDirectory(prefix="countersign-") as name:
        folder = Path(name)
        app = RunningApp(workspace_with(rows, folder), folder / "app.log").start()
        try:
            page = launch(playwright).new_page()
            page.set_default_timeout(WAIT * 1000)
            enter(page, f"{app.address}/fairness?view=Thresholds")
            wait_for_evidence(page, WAIT)
            for what, times in measure(page).items():
                late = sorted(times)[math.ceil(0.95 * len(times)) - 1]
                tell(f"{what} at {rows:,} rows, 95th percentile", late, unit="ms", target=150)
                print(
                    f"{what} at {rows:,} rows: median {statistics.median(times):.0f} ms, 95th percentile {late:.0f} ms, "
                    f"slowest {max(times):.0f} ms over {len(times)} moves (target 150 ms)"
                )
        finally:
            app.kill()


def main() -> None:
    sizes = [int(item.replace(",", "")) for item in sys.argv[1:]] or [20_000, 1_000_000]
    with sync_playwright() as playwright:
        for rows in sizes:
            run(rows, playwright)


if __name__ == "__main__":
    main()
