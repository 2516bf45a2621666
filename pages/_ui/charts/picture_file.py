"""A chart as a picture to take away: the vector picture that the browser has drawn, with its sentence above it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages._ui import tongue

_SCRIPT: Final = """<script>
if (!window.countersignPicture) {
  window.countersignPicture = true;
  const svg = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const lines = (words, most) => words.split(" ").reduce((found, word) => {
    const last = found.length - 1;
    if (last >= 0 && found[last].length + word.length < most) found[last] += ` ${word}`; else found.push(word);
    return found;
  }, []);
  const entitled = (drawn, words) => {
    const copy = drawn.cloneNode(true), { width, height } = drawn.viewBox.baseVal;
    const told = lines(words, Math.max(20, Math.floor(width / 7.5))), top = 18 * told.length + 10;
    copy.setAttribute("viewBox", `0 ${-top} ${width} ${height + top}`);
    copy.setAttribute("height", height + top);
    copy.setAttribute("font-family", "sans-serif");
    told.forEach((line, at) => {
      const text = svg("text");
      text.setAttribute("y", 18 * (at + 1) - top);
      text.setAttribute("font-size", 13);
      text.setAttribute("fill", getComputedStyle(drawn.parentElement).color);
      text.textContent = line;
      copy.append(text);
    });
    const title = svg("title");
    title.textContent = words;
    copy.prepend(title);
    return copy;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    const name = button?.closest('[class*="st-key-picture-"]')?.className.match(/st-key-picture-([^ ]+)/)?.[1];
    const chart = name && document.querySelector(`.st-key-chart-${CSS.escape(name)} [data-testid="stVegaLiteChart"]`);
    const drawn = chart?.querySelector("svg.marks");
    if (!drawn) return;
    const written = new XMLSerializer().serializeToString(entitled(drawn, chart.getAttribute("aria-label") ?? ""));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([written], { type: "image/svg+xml" }));
    link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60)}.svg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }, true);
}
</script>"""
"""Vega draws every chart as SVG; this constant hands a copy of what stands there to whoever presses the button of `button`. It holds
no text of anybody, sends nothing, and what it writes comes from the serialiser of the browser, which escapes every word."""


def button(key: str) -> None:
    """Draw the button that takes away the chart in the container `chart-{key}` as a vector picture.

    Args:
        key: of the chart; unique on the page.
    """
    voice = tongue.voice()
    st.button(
        voice.say("Picture"),
        key=f"picture-{key}",
        icon=":material/image:",
        type="tertiary",
        help=voice.say("The chart as a vector picture (SVG) for a text or a print, with its sentence above it."),
    )


def listen() -> None:
    """Let the buttons of `button` do their work; drawn once on every page, by the shell."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
