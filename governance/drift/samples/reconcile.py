"""One column in two windows that were written in two ways: brought to one type before anything is compared.

The same values may come as true and 1, as 5 and "5.0", as 32-bit and as 64-bit numbers, as moments and as their text. What is done is
said in a note; where the two ways do not fit, the columns stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from governance.evidence import levels_of

FEW: Final = 0.05
"""Up to this share of the texts of a window may be no numbers, and count as missing, when the other window holds numbers."""
_BITS: Final = {"0": False, "1": True, "false": False, "true": True, "0.0": False, "1.0": True}
_COARSE: Final = (np.float16, np.float32)
"""The precisions that tables come in beside 64 bits, coarsest first."""


@dataclass(frozen=True)
class Reconciled:
    """A column of both windows under one type."""

    reference: pd.Series
    current: pd.Series
    note: str = ""
    """What was done, "" for nothing."""


def reconciled_frames(
    reference: pd.DataFrame, current: pd.DataFrame, names: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Return both windows with the columns `names` under one type each, and what was done by column."""
    left, right, notes = {}, {}, {}
    for name in names:
        found = reconciled(reference[name], current[name])
        if found.note:
            left[name], right[name], notes[name] = found.reference, found.current, found.note
    return (reference.assign(**left), current.assign(**right), notes) if notes else (reference, current, notes)


def reconciled(reference: pd.Series, current: pd.Series) -> Reconciled:
    """Return the column of both windows under one type, as far as their values allow."""
    kinds = {_kind(reference), _kind(current)}
    ways: list[Way] = []
    if kinds == {"number"}:
        ways = [_one_precision]
    elif kinds == {"text"}:
        ways = [_spelled_alike]
    elif "boolean" in kinds and len(kinds) == 2 and "empty" not in kinds:
        ways = [_as_booleans, _booleans_as_numbers]
    elif kinds == {"number", "text"}:
        ways = [_as_numbers]
    elif kinds == {"moment", "text"}:
        ways = [_as_moments]
    found = (way(reference, current) for way in ways)
    return next((item for item in found if item is not None), Reconciled(reference, current))


Coarse = type[np.float16] | type[np.float32]
Way = Callable[[pd.Series, pd.Series], "Reconciled | None"]


def _kind(values: pd.Series) -> str:
    kind = values.dtype
    if not len(values) or bool(values.isna().all()):
        return "empty"
    if isinstance(kind, pd.CategoricalDtype):
        return "text"
    if pd.api.types.is_bool_dtype(kind):
        return "boolean"
    if pd.api.types.is_datetime64_any_dtype(kind):
        return "moment"
    return "number" if pd.api.types.is_numeric_dtype(kind) else "text"


def _one_precision(reference: pd.Series, current: pd.Series) -> Reconciled:
    """Return both windows with the precision of the coarser one: .1 of 32 bits and .1 of 64 bits are one value."""
    unchanged = Reconciled(reference, current)
    left, right = _coarseness(reference), _coarseness(current)
    if left is right:
        return unchanged
    coarse = next(kind for kind in _COARSE if kind in (left, right))
    both = [_numbers(values) for values in (reference, current)]
    if not all(_rounds(values, coarse) for values in both):
        return unchanged
    with np.errstate(over="ignore"):
        first, second = (pd.Series(values.astype(coarse).astype(np.float64)) for values in both)
    bits = np.finfo(coarse).bits
    return Reconciled(first, second, f"one window has numbers of {bits} bits; both are compared with that precision")


def _coarseness(values: pd.Series) -> Coarse | None:
    """Return the precision that numbers have by their type, or because none needs more and not all are whole; None for 64 bits."""
    if not pd.api.types.is_float_dtype(values.dtype):
        return None
    found = _numbers(values)
    found = found[np.isfinite(found)]
    if len(found) and bool((found % (1 / 1024) != 0).any()):
        with np.errstate(over="ignore"):
            for kind in _COARSE:
                if bool((found == found.astype(kind)).all()):
                    return kind
    return np.float32 if values.dtype == np.float32 else None


def _rounds(values: np.ndarray, coarse: Coarse) -> bool:
    """Return whether a precision keeps all whole numbers among the values, and their range."""
    known, kept = values[np.isfinite(values)], np.finfo(coarse)
    whole = np.abs(known[known % 1 == 0]).max(initial=0.0)
    return bool(whole <= 2.0 ** (kept.nmant + 1) and np.abs(known).max(initial=0.0) < kept.max)


def _numbers(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _as_booleans(reference: pd.Series, current: pd.Series) -> Reconciled | None:
    """Return true and false in both windows, None when some value is neither that nor 0 or 1."""
    found = [_coded(values, _BITS) for values in (reference, current)]
    if found[0] is None or found[1] is None:
        return None
    return Reconciled(found[0], found[1], "true and false in one window, 0 and 1 in the other: one coding")


def _coded(values: pd.Series, code: dict[str, bool]) -> pd.Series | None:
    codes, names = levels_of(values)
    lower = [name.strip().lower() for name in names]
    if not set(lower) <= set(code):
        return None
    meaning = np.array([*(code[name] for name in lower), None], dtype=object)
    return pd.Series(pd.array(meaning[codes], dtype="boolean"))


def _booleans_as_numbers(reference: pd.Series, current: pd.Series) -> Reconciled | None:
    if "text" in (_kind(reference), _kind(current)) or "moment" in (_kind(reference), _kind(current)):
        return None
    left, right = (pd.Series(_numbers(values.astype("Float64"))) for values in (reference, current))
    return Reconciled(left, right, "true and false in one window, numbers in the other: compared as 1 and 0")


def _as_numbers(reference: pd.Series, current: pd.Series) -> Reconciled | None:
    """Return numbers in both windows, None when more than few texts are none, or one is a code with leading zeros."""
    sides, unread = [], 0
    for values in (reference, current):
        if _kind(values) == "number":
            sides.append(values)
            continue
        parsed = _parsed(values)
        if parsed is None:
            return None
        sides.append(parsed[0])
        unread += parsed[1]
    gone = f"; {unread:,} text(s) that are no number count as missing" if unread else ""
    return Reconciled(sides[0], sides[1], f"text in one window and numbers in the other: compared as numbers{gone}")


def _parsed(values: pd.Series) -> tuple[pd.Series, int] | None:
    codes, names = levels_of(values)
    stripped = [name.strip() for name in names]
    if any(_is_code(name) for name in stripped):
        return None
    numbers = pd.to_numeric(pd.Series(stripped, dtype="object"), errors="coerce").to_numpy(dtype=np.float64)
    found = np.append(numbers, np.nan)[codes]
    known = int((codes >= 0).sum())
    unread = known - int((~np.isnan(found)).sum())
    return (pd.Series(found), unread) if known and unread <= FEW * known else None


def _is_code(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdigit() and (len(digits) > 18 or (len(digits) > 1 and digits.startswith("0")))


def _spelled_alike(reference: pd.Series, current: pd.Series) -> Reconciled:
    """Return texts as they are, but as numbers when all are and the windows spell them differently ("5" and "5.0")."""
    unchanged = Reconciled(reference, current)
    names = [set(levels_of(values)[1]) for values in (reference, current)]
    if names[0] == names[1] or any(len(found) > 10_000 for found in names):
        return unchanged
    parsed = [_parsed(values) for values in (reference, current)]
    if parsed[0] is None or parsed[1] is None or parsed[0][1] or parsed[1][1]:
        return unchanged
    points = ["." in "".join(found) for found in names]
    if points[0] == points[1]:
        return unchanged
    return Reconciled(parsed[0][0], parsed[1][0], "numbers written as text in two ways: compared as numbers")


def _as_moments(reference: pd.Series, current: pd.Series) -> Reconciled | None:
    sides = []
    for values in (reference, current):
        if _kind(values) == "moment":
            sides.append(values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values)
            continue
        codes, names = levels_of(values)
        try:
            found = pd.to_datetime(pd.Series(names), format="ISO8601", utc=True).dt.tz_localize(None)
        except (ValueError, OverflowError):
            return None
        sides.append(pd.Series(found.to_numpy()[codes]).mask(codes < 0))
    return Reconciled(sides[0], sides[1], "text in one window and moments in the other: compared as moments")
