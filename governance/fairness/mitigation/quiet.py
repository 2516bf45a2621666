"""Warnings of the libraries below that say nothing to the person who asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Let fairlearn set values as it does; newer pandas warns about that, and a search may stop before it converged."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(fairlearn|pandas)\b")
        warnings.filterwarnings("ignore", message="Setting a value on a")
        yield
