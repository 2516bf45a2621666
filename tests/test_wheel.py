"""The wheel as a stranger gets it: installed into an environment of its own, run from a folder that is not the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.driving import SECONDS, free_port, launch

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
ROOT = Path(__file__).resolve().parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
PAPER = "rgb(253, 252, 250)"
"""The ground of the light theme in assets/theme.toml, as a browser writes it."""


def uv(*words: str) -> None:
    """Run uv, or skip with its words where packages cannot be had."""
    own = Path(sys.executable).parent / "uv"
    program = str(own) if own.exists() else shutil.which("uv")
    if program is None:
        pytest.skip("uv is not installed here")
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    offline = ("dns error", "error sending request", "network was disabled", "Failed to fetch", "connection")
    if done.returncode and any(word.lower() in done.stderr.lower() for word in offline):
        pytest.skip(f"packages cannot be had offline: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel and the locked dependencies, nothing else."""
    place = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(place / "dist"), str(ROOT))
    (wheel,) = (place / "dist").glob("*.whl")
    uv("venv", "--quiet", "--python", sys.executable, str(place / "env"))
    python = str(place / "env" / "bin" / "python")
    uv("pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    uv("pip", "install", "--quiet", "--python", python, "--no-deps", str(wheel))
    return place


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in an empty folder, with nothing of the checkout on the path."""
    empty = home / "elsewhere"
    empty.mkdir(exist_ok=True)
    return subprocess.run(
        [str(home / "env" / "bin" / "countersign"), *words],
        cwd=empty,
        env=bare(),
        capture_output=True,
        text=True,
        check=False,
    )


def bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STREAMLIT"))}


@pytest.fixture(scope="module")
def workspace(home: Path) -> Path:
    made = run(home, "demo", "--workspace", str(home / "workspace"))
    assert made.returncode == 0, made.stderr
    return home / "workspace"


@pytest.fixture(scope="module")
def address(home: Path, workspace: Path) -> Iterator[str]:
    """Serve the installed copy and return where."""
    port, log = free_port(), home / "serve.log"
    words = ["serve", "--workspace", str(workspace), "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(home / "env" / "bin" / "countersign"), *words],
            cwd=home / "elsewhere",
            env=bare(),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(SECONDS)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


def healthy(address: str) -> bool:
    """Return whether the server answers, asked once a second."""
    for _ in range(SECONDS):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            subprocess.run(["sleep", "1"], check=True)
    return False


def test_the_command_says_its_version(home: Path) -> None:
    done = run(home, "--version")
    assert (done.returncode, done.stdout) == (0, f"countersign {VERSION}\n")


def test_the_default_installation_has_no_converters_and_says_what_to_install(home: Path) -> None:
    model = home / "elsewhere" / "model.txt"
    model.parent.mkdir(exist_ok=True)
    model.write_text("tree\nversion=v4\nnum_class=1\n", encoding="utf-8")
    rows = model.with_name("rows.csv")
    rows.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    done = run(home, "convert", str(model), "--sample", str(rows), "--out", "model.onnx")
    assert done.returncode == 2
    assert "needs lightgbm, which is not installed" in done.stderr
    assert "pip install 'countersign[convert]'" in done.stderr


def test_the_installed_app_answers_and_shows_its_first_page_in_its_own_colours(address: str, browser: Browser) -> None:
    assert healthy(address)
    page = browser.new_page(color_scheme="light")
    page.goto(address)
    page.get_by_text("Who is sitting here?").first.wait_for(timeout=SECONDS * 1000)
    ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor")
    assert ground == PAPER
    assert page.get_by_test_id("stException").count() == 0
    pictures = "[...document.images].filter(image => image.complete).map(image => image.naturalWidth)"
    assert all(width > 0 for width in page.evaluate(pictures))


def test_the_door_for_python_opens_from_the_installed_copy(home: Path) -> None:
    code = (
        "import governance, pandas as pd\n"
        "rows = pd.DataFrame({'a': range(50), 'b': ['x', 'y'] * 25})\n"
        "print(governance.__file__); print(governance.check_quality(rows).rows.used)\n"
    )
    done = subprocess.run(
        [str(home / "env" / "bin" / "python"), "-c", code],
        cwd=home,
        env=bare(),
        capture_output=True,
        text=True,
        check=True,
    )
    place, used = done.stdout.split()
    assert place.startswith(str(home))
    assert used == "50"
