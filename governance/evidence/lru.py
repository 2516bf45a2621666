"""What a warm process keeps between questions: a few explainers with their tables, the least recently used one goes first.

This is the one place in which the pure rooms hold anything beyond a call. Every store has a name and stands in `STORES`, so that a
process can say what it holds, and a test can begin with nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """A small store by key.

    The keys are digests of everything that the value depends on, so that a kept value is the one that would be made again.

    Args:
        name: what it holds, in the plural; unique.
        most: values that are kept at most.
    """

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self._most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()
        STORES[name] = self

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of `key`, made when it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget every value; the next question makes it again."""
        with self._lock:
            self._values.clear()


STORES: Final[dict[str, Kept[Any]]] = {}
"""Every store of this process by its name; a store enters when its module is imported."""


def forget() -> None:
    """Empty every store."""
    for store in STORES.values():
        store.clear()
