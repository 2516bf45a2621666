"""Take the pictures of the README from the running app, on a demo workspace made for it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from pages._ui.navigation import ENTRIES  # noqa: E402
from tests.e2e.driving import RunningApp, enter, launch, wait_for_evidence  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
SHOWN = ("home", "performance", "explanations", "person", "fairness", "drift", "case", "ledger")
"""Pages with a picture of their own."""
CHOICE = {"model": "boosted trees", "data": "months 10 to 12", "reference": "months 1 to 9"}


def address_of_choice(app: RunningApp) -> str:
    """Return the query that picks the credit model of the demo."""
    from urllib.parse import urlencode

    from governance.workflow.workspace import current_workspace
    from pages._ui.text import short, shown

    views = current_workspace.current(app.workspace).read()
    labels = [shown(f"{item.name} {item.version} ({short(item.digest)})", 90) for item in views.models()]
    tables = [shown(f"{item.name} ({short(item.digest)})", 90) for item in views.datasets()]
    found = {
        name: next(label for label in (labels if name == "model" else tables) if words in label)
        for name, words in CHOICE.items()
    }
    case = next(iter(views.cases()), None)
    return urlencode(found | ({"case": case.case} if case else {}))


def take(app: RunningApp) -> None:
    """Take one picture of each page in the light theme, and of two in the dark one."""
    query = address_of_choice(app)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for theme in ("light", "dark"):
            for entry in ENTRIES:
                if entry.key not in SHOWN or (theme == "dark" and entry.key not in {"home", "fairness"}):
                    continue
                context = browser.new_context(viewport=SIZE, color_scheme=theme, device_scale_factor=1)  # type: ignore[arg-type]
                page = context.new_page()
                where = "" if entry.key == "home" else f"{entry.key}?{query}"
                enter(page, f"{app.address}/{where}", "Demo chair")
                wait_for_evidence(page, 600)
                page.mouse.move(SIZE["width"] - 1, SIZE["height"] - 1)
                page.wait_for_timeout(1500)
                page.screenshot(path=PICTURES / f"{entry.key}{'-dark' if theme == 'dark' else ''}.png")
                print(entry.key, theme)
                context.close()
        browser.close()


def main() -> None:
    """Make the demo and take the pictures."""
    from governance.workflow.demo import build

    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="countersign-pictures-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        build(folder / "workspace").close()
        app = RunningApp(folder / "workspace", folder / "app.log").start()
        try:
            take(app)
        finally:
            app.kill()


if __name__ == "__main__":
    main()
