"""A mapping that only grows, and of which every earlier state stays readable without a copy.

The rules record evidence one entry at a time and keep each state as it was. Copying a dictionary for each of 100,000 entries is
5,000,000,000 items; here all states share one dictionary and each knows how much of it is its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Grown(Mapping[K, V], Generic[K, V]):
    """The first `size` items of a dictionary that later states go on filling."""

    __slots__ = ("_lock", "_shared", "_size")

    def __init__(self) -> None:
        self._shared: dict[K, tuple[int, V]] = {}
        self._size = 0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, items: Mapping[K, V]) -> Grown[K, V]:
        """Return a mapping with these items, in their order."""
        grown: Grown[K, V] = cls()
        grown._shared = {name: (place, item) for place, (name, item) in enumerate(items.items())}
        grown._size = len(items)
        return grown

    def plus(self, key: K, value: V) -> Grown[K, V]:
        """Return this mapping with one item set; this one stays as it is."""
        grown: Grown[K, V] = Grown()
        with self._lock:
            if len(self._shared) == self._size and key not in self._shared:
                self._shared[key] = (self._size, value)
                grown._shared, grown._lock = self._shared, self._lock
                grown._size = self._size + 1
                return grown
            items = {**dict(self.items()), key: value}
        return Grown.of(items)

    def __getitem__(self, key: K) -> V:
        """Return the item of a key that this state has."""
        place, value = self._shared[key]
        if place >= self._size:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        """Give the keys of this state in the order in which they came."""
        return iter(tuple(islice(self._shared, self._size)))

    def __len__(self) -> int:
        """Return how many items this state has."""
        return self._size
