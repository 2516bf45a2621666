"""Starting the app in a process of its own and looking at it in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Playwright, TimeoutError as OutOfPatience

from pages._ui import navigation

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]
SECONDS = 60
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (app && document.querySelector('[class*="st-key-polling"]')) return true;  // a run is followed: it never rests
  return app && app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
}"""
POLLING = '[class*="st-key-polling"]'


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class RunningApp:
    """The app as `make run` serves it, on a free port and a workspace of its own."""

    def __init__(self, workspace: Path, log: Path, port: int | None = None) -> None:
        self.workspace, self.log = workspace, log
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> RunningApp:
        """Start the process and wait until it answers."""
        environment = os.environ | {
            "COUNTERSIGN_WORKSPACE": str(self.workspace),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_healthy()
        return self

    def _wait_until_healthy(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the app ended at its start:\n{self.words()}"
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the app did not answer within {SECONDS} s:\n{self.words()}")

    def stop(self) -> int:
        """Ask the process to end and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(SECONDS)

    def kill(self) -> None:
        """End the process and its workers at once, as a power cut would."""
        assert self._process is not None
        if self._process.poll() is not None:
            return
        if sys.platform == "win32":
            self._process.kill()
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(SECONDS)

    @contextmanager
    def workers_held(self) -> Iterator[None]:
        """Hold every worker for the length of a block, also those that start meanwhile: what is being computed goes on being computed."""
        assert self._process is not None
        over = threading.Event()

        def hold(group: int) -> None:
            while not over.wait(0.02):
                for worker in _workers(group):
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGSTOP)

        holder = threading.Thread(target=hold, args=(self._process.pid,), daemon=True)
        holder.start()
        try:
            yield
        finally:
            over.set()
            holder.join()
            for worker in _workers(self._process.pid):
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGCONT)

    def words(self) -> str:
        """Return what the process has said."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def _workers(group: int) -> list[int]:
    """Return the numbers of the app's worker processes: of one process group, by the words that they were started with."""
    found = []
    for place in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if os.getpgid(int(place.name)) == group and b"popen_loky" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return found


@contextmanager
def running(folder: Path, workspace: Path | None = None) -> Iterator[RunningApp]:
    """Run the app for the length of a block; nothing of it is left afterwards."""
    app = RunningApp(workspace or folder / "workspace", folder / "app.log").start()
    try:
        yield app
    finally:
        app.kill()


def launch(playwright: Playwright) -> Browser:
    """Return headless Chromium: the machine's own, else the one that Playwright has downloaded."""
    own = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return playwright.chromium.launch(executable_path=own, args=FLAGS)


def settle(page: Page, seconds: float = SECONDS) -> None:
    """Wait until the page has been drawn and nothing is being computed for it."""
    page.wait_for_selector('[data-testid="stApp"]', timeout=seconds * 1000)
    quiet = 0
    deadline = time.monotonic() + seconds
    while quiet < 3:
        try:
            quiet = quiet + 1 if page.evaluate(SETTLED) else 0
        except Error:  # the page is on its way to another address
            quiet = 0
        assert time.monotonic() < deadline, f"{page.url} was not drawn within {seconds} s"
        page.wait_for_timeout(100)


def wait_for_evidence(page: Page, seconds: float = 300) -> None:
    """Wait until nothing is being computed for the page."""
    deadline = time.monotonic() + seconds
    settle(page, seconds)
    while page.locator(POLLING).count():
        assert time.monotonic() < deadline, f"{page.url} still computes after {seconds} s"
        page.wait_for_timeout(300)
        settle(page, seconds)


def visit(page: Page, address: str) -> None:
    """Go to an address and wait until it has been drawn."""
    page.goto(address)
    settle(page)


def come_in(page: Page, name: str = "Guest analyst", secret: str = "") -> None:
    """Pass the gate under a name; a member with `secret`, or with the passphrase that the gate of the demonstration prints."""
    box = page.get_by_role("combobox", name=re.compile("I am|Ich bin"))
    if box.count():
        box.click()
        page.get_by_role("option", name=name).first.click()
        settle(page)
    field = page.get_by_label(re.compile("^(Your|Ihre) [Pp]assphrase$"))
    if field.count():
        field.fill(secret or page.locator('[data-testid="stCaptionContainer"] code').first.inner_text())
    page.get_by_role("button", name=re.compile("Come in|Eintreten")).click()
    page.get_by_role("button", name=re.compile("Someone else|Jemand anderes")).wait_for(
        state="attached", timeout=SECONDS * 1000
    )
    settle(page)


def enter(page: Page, address: str, name: str = "Guest analyst") -> None:
    """Go to an address and pass the gate."""
    visit(page, address)
    come_in(page, name)


def follow(page: Page, title: str) -> None:
    """Go to a page by the menu at the side; the drawer of its job is opened first."""
    sidebar = page.get_by_test_id("stSidebar")
    group = next(item.group for item in navigation.ENTRIES if item.title == title)
    link = sidebar.get_by_role("link", name=title, exact=True)
    if group and not link.count():
        sidebar.locator("summary", has_text=group).click()
    link.click(timeout=SECONDS * 1000)


def turn_back(page: Page, tries: int = 3) -> None:
    """Close the open dialog by its key; the dialog itself is given the focus, for the key is heard there alone."""
    dialog = page.get_by_role("dialog")
    for _ in range(tries):
        if dialog.count():
            dialog.press("Escape")
        with suppress(OutOfPatience):
            dialog.wait_for(state="detached", timeout=SECONDS * 1000 / tries)
            settle(page)
            return
    raise AssertionError(f"a dialog of {page.url} does not close: {dialog.inner_text()}")


def length(page: Page) -> int:
    """Return how long what the page draws is, in pixels."""
    return int(page.evaluate("""() => document.querySelector('[data-testid="stMainBlockContainer"]').scrollHeight"""))


def headings(page: Page) -> list[str]:
    """Return the titles on the page."""
    return [text.strip() for text in page.locator("h1").all_inner_texts()]


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box; it is brought into sight first, because scrolling closes an open list."""
    box = page.get_by_role("combobox", name=re.compile(label)).first
    box.scroll_into_view_if_needed()
    settle(page)
    box.click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def picture(page: Page, name: str) -> Path | None:
    """Take a picture into the folder named by `COUNTERSIGN_SCREENSHOTS`; none when it is not set."""
    folder = os.environ.get("COUNTERSIGN_SCREENSHOTS")
    if not folder:
        return None
    target = Path(folder) / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=True)
    return target
