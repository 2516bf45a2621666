"""The site: it builds without a warning, and reading it asks no other machine for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import governance

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow
FETCHED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}
"""Element -> the attribute whose address a browser fetches by itself; a plain link is only followed by a person."""


class Fetches(HTMLParser):
    """Collects the addresses that a browser fetches when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in FETCHED and values.get("rel") not in {"canonical", "search", "next", "prev", "index"}:
            self.found.append(values.get(FETCHED[tag]) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "-b", "html"]
    done = subprocess.run([*command, str(ROOT / "docs"), str(place)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place


def outside(address: str) -> bool:
    return address.startswith(("http:", "https:", "//"))


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        reader = Fetches()
        reader.feed(page.read_text(encoding="utf-8"))
        assert reader.found, page
        assert [address for address in reader.found if outside(address)] == [], page
    for style in site.rglob("*.css"):
        named = re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", style.read_text(encoding="utf-8"))
        assert [address for pair in named for address in pair if outside(address)] == [], style


def test_the_reference_describes_every_function_of_the_door(site: Path) -> None:
    text = (site / "api.html").read_text(encoding="utf-8")
    functions = [name for name in governance.__all__ if name[0].islower()]
    assert [name for name in functions if f'id="governance.api.{name}"' not in text] == []
    assert "sensitive_features" in text


def test_every_decision_is_on_the_site(site: Path) -> None:
    decisions = {path.stem for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert decisions <= {path.stem for path in (site / "adr").glob("*.html")}
