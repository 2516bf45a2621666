"""Layouts of charts, made once for each content: of the visitors who look at the same numbers only the first waits for Altair."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, ParamSpec, TypeAlias

import numpy as np
import pandas as pd
from streamlit import dataframe_util

from governance.evidence import Kept
from pages._ui import tongue
from pages._ui.charts.spec import AnyChart, spec_of, styled

Layout: TypeAlias = Mapping[str, Any]
"""A chart as the browser reads it; nobody changes one."""
P = ParamSpec("P")
_MOST: Final = 400
"""Charts that are kept: about ten pages of forty subjects. One is some ten kilobytes."""
_LAID: Final[Kept[Layout]] = Kept("charts", _MOST)


def layout(chart: AnyChart) -> Layout:
    """Return the layout of a chart in the style of the house, with the numbers of its frames."""
    return spec_of(styled(chart))


def laid(build: Callable[P, AnyChart], /, *args: P.args, **named: P.kwargs) -> Layout:
    """Return the layout of the chart that `build` makes of these arguments, kept from the last time that they had the same content.

    Args:
        build: depends on its arguments alone, and on the language of who looks.
        args: frames, plain values, tuples, lists, mappings, and dataclasses of them; a chart of anything else is made anew each time.
        named: the same.
    """
    content = hashlib.sha256()
    try:
        _tell(content.update, (args, named))
    except _UntoldError:
        return layout(build(*args, **named))
    return _LAID.get(
        (build, tongue.voice().language, content.digest()), lambda: _sendable(layout(build(*args, **named)))
    )


def _sendable(found: Layout) -> Layout:
    """Return a layout with its frames as they travel to the browser."""
    ready = {
        name: dataframe_util.convert_anything_to_arrow_bytes(frame) if isinstance(frame, pd.DataFrame) else frame
        for name, frame in found.get("datasets", {}).items()
    }
    return {**found, "datasets": ready} if ready else found


class _UntoldError(Exception):
    """A value is of a kind whose content is not read here."""


def _tell(take: Callable[[bytes], object], value: object) -> None:
    """Give the content of a value, piece by piece; each piece begins with its kind and how long it is, so that none runs into the next.

    Raises:
        _UntoldError: the value, or one inside it, is of another kind.
    """
    if isinstance(value, pd.DataFrame):
        _tell_frame(take, value)
    elif isinstance(value, list | tuple):
        take(f"({len(value)}:".encode())
        for item in value:
            _tell(take, item)
    elif isinstance(value, Mapping):
        _tell(take, tuple(value.items()))
    elif is_dataclass(value) and not isinstance(value, type):
        _tell(take, (type(value).__qualname__, *(getattr(value, field.name) for field in fields(value))))
    elif value is None or isinstance(value, str | int | float | np.number | np.bool_):
        said = repr(value).encode("utf-8", "backslashreplace")
        take(f"{type(value).__name__}{len(said)}:".encode() + said)
    else:
        raise _UntoldError


def _tell_frame(take: Callable[[bytes], object], frame: pd.DataFrame) -> None:
    _tell(take, ("frame", frame.index.tolist(), [(str(name), str(kind)) for name, kind in frame.dtypes.items()]))
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biufmM":
            take(column.to_numpy().tobytes())
        elif isinstance(column.dtype, pd.CategoricalDtype):
            _tell(take, (column.cat.categories.tolist(), column.cat.codes.tolist()))
        else:
            _tell(take, column.tolist())
