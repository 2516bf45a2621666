"""Random streams by name, so that a new step of a computation does not change the numbers of the others."""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """Streams of one run: the name and the run's seed decide what a stream draws, and nothing else does."""

    __slots__ = ("_root",)

    def __init__(self, rng: np.random.Generator) -> None:
        """Take the seed of `rng`; streams made twice from one generator differ, as repeated draws do."""
        (self._root,) = rng.spawn(1)

    def __getitem__(self, name: str) -> np.random.Generator:
        """Return the stream called `name` from its beginning; ask once for each step.

        The 256 bits of the name's SHA-256 extend the spawn key of the seed sequence, as numpy's own children do with their number.
        """
        sequence = self._root.bit_generator.seed_seq
        assert isinstance(sequence, np.random.SeedSequence)
        words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4")
        key = (*sequence.spawn_key, *(int(word) for word in words))
        return np.random.default_rng(np.random.SeedSequence(sequence.entropy, spawn_key=key))
