"""What a page draws is said in the visitor's language: a sentence that goes around the voice is found."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
DRAWS: Final = frozenset({
    "markdown", "caption", "button", "selectbox", "checkbox", "radio", "text_input", "text_area", "number_input", "multiselect",
    "expander", "popover", "subheader", "title", "info", "warning", "error", "success", "toggle", "file_uploader", "download_button",
    "form_submit_button", "slider", "select_slider", "metric", "segmented_control", "pills", "date_input",
    "spinner", "aside", "lead", "page", "state", "area",
})  # fmt: skip
"""Functions whose first text, label, help or placeholder somebody reads."""
READ: Final = frozenset({"help", "label", "placeholder", "help_text"})
NO_SENTENCES: Final = {
    "pages/_ui/tongue.py": ["Language · Sprache"],
    "pages/explore/fairness/impact.py": [
        "category,applicants,selected,rate,impact_ratio\nWhite,80,48,60%,1.00\nBlack,40,12,30%,0.50"
    ],
}
"""Page -> what is no sentence of one language: the choice of the language, and a table as it is typed, whose heads its reader looks for."""


def untold(tree: ast.AST) -> Iterator[str]:
    """Yield the sentences that drawing functions are given as they are."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in DRAWS:
            for given in (*node.args[:1], *(item.value for item in node.keywords if item.arg in READ)):
                yield from _sentences(given)


def _sentences(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_sentences(node.body), *_sentences(node.orelse))
    if isinstance(node, ast.BinOp):
        yield from (*_sentences(node.left), *_sentences(node.right))
    if isinstance(node, ast.JoinedStr):
        parts = [item.value for item in node.values if isinstance(item, ast.Constant)]
        yield from filter(_is_sentence, [" … ".join(map(str, parts))])
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value):
        yield node.value


def _is_sentence(text: str) -> bool:
    words = re.sub(r":material/\w+:|:\w+(-badge)?\[|`[^`]*`", " ", text)
    return bool(re.search(r"[a-z]{3,} [a-z]{2,}|[A-Z][a-z]{3,}", words))


def test_what_is_drawn_is_said_in_the_language_of_the_visitor() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): list(untold(ast.parse(path.read_text("utf-8"))))
        for path in sorted((ROOT / "pages").rglob("*.py"))
    }
    assert {page: words for page, words in found.items() if words} == NO_SENTENCES


def test_a_sentence_that_goes_around_the_voice_is_found() -> None:
    tree = ast.parse(
        'st.markdown("Nobody translates this."); st.button(label, help=f"It is {x} too late."); '
        'st.caption(say("All is well.")); st.markdown(f":material/info: {told}"); st.text_input(say("Name"), placeholder="a-z")'
    )
    assert list(untold(tree)) == ["Nobody translates this.", "It is  …  too late."]
