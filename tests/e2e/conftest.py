"""Fixtures of the tests that drive the app in a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.driving import ROOT, SECONDS, RunningApp, launch, running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return headless Chromium, started once for each file; what a page should show may come as late as a busy machine draws it.

    It ends with its file, and with it the event loop that drives it: a loop left running in this process would refuse
    every other test that runs one of its own.
    """
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Return the browser; pages left open are closed, for they would look for their app ever after and take a core's quarter each."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Return the app, running on an empty workspace."""
    with running(tmp_path_factory.mktemp("app")) as started:
        yield started


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a demonstration workspace, made once by the command line; copy it before changing it."""
    place = tmp_path_factory.mktemp("demo") / "workspace"
    made = subprocess.run(
        [sys.executable, "-m", "governance", "demo", "--workspace", str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return place


@pytest.fixture
def demo(demo_workspace: Path, tmp_path: Path) -> Iterator[RunningApp]:
    """Return the app, running on a copy of the demonstration."""
    place = tmp_path / "workspace"
    shutil.copytree(demo_workspace, place)
    with running(tmp_path, place) as started:
        yield started


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[RunningApp]:
    """Return an app that nobody has visited yet."""
    with running(tmp_path) as started:
        yield started


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser that has been nowhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


LATE = [
    "TimeoutError",
    "was not drawn within",
    "still computes after",
    "Timeout [0-9]+ms exceeded",
    "expected to be visible",
]
"""How a browser says that it waited in vain. What is wrong on a page that was drawn reads otherwise, and is never tried again."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test once more whose browser waited in vain, for a busy machine may miss one moment of thousands; the report counts it."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=LATE))
