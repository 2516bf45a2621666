"""Three parts of a table by the keys of its rows: one to train on, one to choose on, one that nobody looks at before the end."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

SHARES: Final = (0.5, 0.25, 0.25)
"""Train, search, certify: what certifies needs as many people as what chooses."""


def keys(frame: pd.DataFrame, identifier: str) -> NDArray[np.uint64]:
    """Return (n,) a key of each row: of its identifier, or of all its values where there is none or it is missing."""
    import pandas as pd

    own = np.asarray(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy(), dtype=np.uint64)
    if not identifier:
        return own
    named = np.asarray(
        pd.util.hash_pandas_object(frame[identifier].astype(str), index=False).to_numpy(), dtype=np.uint64
    )
    return np.asarray(np.where(frame[identifier].isna().to_numpy(), own, named), dtype=np.uint64)


def parts(found: NDArray[np.uint64], seed: int) -> NDArray[np.intp]:
    """Return (n,) the part of each row, 0 to 2: equal keys fall into one part, and the order of rows changes nothing."""
    unique, place = np.unique(found, return_inverse=True)
    mixed = [int.from_bytes(hashlib.sha256(f"{seed} {key}".encode()).digest()[:8], "big") / 2**64 for key in unique]
    found_part = np.searchsorted(np.cumsum(SHARES)[:-1], np.array(mixed), side="right")
    return np.asarray(found_part[place.reshape(-1)], dtype=np.intp)


def digest(found: NDArray[np.uint64]) -> str:
    """Return SHA-256 over sorted keys: the same people have the same, in whatever order."""
    return hashlib.sha256(np.sort(found).tobytes()).hexdigest()
