"""The Merkle tree of RFC 6962: roots, proofs, and how to check them (RFC 9162, 2.1.3.2 and 2.1.4.2).

Leaves are given by their hashes. A tree of 100,000 leaves is recomputed in about 0.1 s; who looks at a growing one again and
again keeps a `Tree`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from storage.errors import RefusedInputError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; the root of no leaves is SHA-256 of nothing.

    Pairing neighbours level by level, with the odd one carried up, gives the same tree as splitting at the largest power
    of two below the size (RFC 6962, 2.1).
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


class Tree:
    """A tree that grows: the root over its first leaves, for any number of them, costs a hash for each bit of that number.

    Of every complete subtree the hash is kept, twice as many hashes as there are leaves.
    """

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]
        """Level k: the roots of the complete subtrees over 2**k leaves, from the left."""

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        level, found = 0, leaf
        while True:
            self._levels[level].append(found)
            if len(self._levels[level]) % 2:
                return
            found = node_hash(self._levels[level][-2], self._levels[level][-1])
            level += 1
            if level == len(self._levels):
                self._levels.append([])

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves.

        Raises:
            RefusedInputError: there are fewer.
        """
        if not 0 <= size <= self.size:
            raise RefusedInputError(f"No root over {size} leaves in a tree of {self.size}.")
        found = b""
        for level in range(size.bit_length()):  # the smallest complete subtree stands rightmost
            if size >> level & 1:
                peak = self._levels[level][(size >> level) - 1]
                found = node_hash(peak, found) if found else peak
        return found or EMPTY_ROOT


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` in the tree over `leaves` (RFC 6962, 2.1.1).

    Raises:
        RefusedInputError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise RefusedInputError(f"No leaf {index} in a tree of {len(leaves)}.")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    return tuple(reversed(path))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree over `leaves` continues its own first `old_size` leaves (RFC 6962, 2.1.2).

    Raises:
        RefusedInputError: the old size is not between 1 and the number of leaves.
    """
    if not 1 <= old_size <= len(leaves):
        raise RefusedInputError(f"No consistency proof from size {old_size} to size {len(leaves)}.")
    path: list[bytes] = []
    low, high, complete = 0, len(leaves), True
    while old_size - low != high - low:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low, complete = middle, False
    if not complete:
        path.append(root(leaves[low:high]))
    return tuple(reversed(path))


def _well_sized(*hashes: bytes) -> bool:
    return all(len(item) == HASH_BYTES for item in hashes)


def inclusion_holds(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Say whether `proof` shows the leaf hash at `index` in the tree of `size` with `tree_root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _well_sized(leaf, *proof):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == tree_root


def consistency_holds(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether `proof` shows that the tree of `new_size` continues the tree of `old_size` (RFC 9162, 2.1.4.2).

    A tree of size 0 is continued by none here: nothing was promised about it. Roots of another length than a hash equal
    no computed root; `checkpoint.read` refuses them.
    """
    if not 0 < old_size <= new_size or not _well_sized(*proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for item in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(item, first), node_hash(item, second)
            while not node & 1 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, item)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
