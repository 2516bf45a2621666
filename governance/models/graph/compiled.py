"""How loops over the arrays of a model are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile `function` once and keep it on disk; it releases the interpreter lock and starts no threads of its own."""
    return cast("F", njit(nogil=True, cache=True, boundscheck=False, fastmath=False)(function))
