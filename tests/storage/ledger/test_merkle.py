"""The tree against RFC 6962's vectors, 196 probes, and itself."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from governance.evidence.errors import RefusedInputError
from storage.ledger.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
)


def by_definition(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962, 2.1, as an oracle."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def make(count: int) -> list[bytes]:
    return [leaf_hash(str(at).encode()) for at in range(count)]


def unpacked(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


@pytest.fixture(scope="module")
def tree(vectors: Any) -> Any:
    return vectors["rfc6962"]


@pytest.fixture(scope="module")
def leaves(tree: Any) -> list[bytes]:
    return [leaf_hash(bytes.fromhex(item)) for item in tree["leaves_hex"]]


def test_hashes_of_leaves_and_nodes_are_the_published_ones(tree: Any) -> None:
    published = tree["hasher"]
    assert EMPTY_ROOT.hex() == published["empty_root"]
    assert leaf_hash(b"").hex() == published["leaf('')"]
    assert leaf_hash(b"L123456").hex() == published["leaf('L123456')"]
    assert node_hash(b"N123", b"N456").hex() == published["node('N123','N456')"]


def test_roots_are_the_published_ones(tree: Any, leaves: list[bytes]) -> None:
    assert [item.hex() for item in leaves] == tree["leaf_hashes"]
    assert [root(leaves[:size]).hex() for size in range(9)] == tree["roots_by_size"]
    assert [node_hash(leaves[at], leaves[at + 1]).hex() for at in (0, 2, 4, 6)] == tree["level1"]


def test_proofs_are_the_published_ones(tree: Any, leaves: list[bytes]) -> None:
    for case in tree["inclusion"]:
        path = inclusion_proof(leaves[: case["size"]], case["index0"])
        assert [item.hex() for item in path] == case["proof"]
    for case in tree["consistency"]:
        path = consistency_proof(leaves[: case["size2"]], case["size1"])
        assert [item.hex() for item in path] == case["proof"]


@pytest.mark.parametrize("number", range(196))
def test_probe(tree: Any, number: int) -> None:
    probe = tree["probes"][number]
    path = [unpacked(item) for item in probe["proof"] or []]
    if "size1" in probe:
        roots = unpacked(probe["root1"]), unpacked(probe["root2"])
        holds = consistency_holds(probe["size1"], probe["size2"], *roots, path)
    else:
        holds = inclusion_holds(
            unpacked(probe["leafHash"]), probe["leafIdx"], probe["treeSize"], path, unpacked(probe["root"])
        )
    assert holds == (not probe["wantErr"]), probe["file"]


def test_there_are_196_probes(tree: Any) -> None:
    assert len(tree["probes"]) == 196


@settings(deadline=None)
@given(st.integers(0, 70))
def test_pairing_level_by_level_is_the_recursive_definition(count: int) -> None:
    assert root(make(count)) == by_definition(make(count))


@settings(deadline=None)
@given(st.data())
def test_every_proof_holds_and_no_other_place_does(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    found = make(size)
    path = inclusion_proof(found, index)
    assert inclusion_holds(found[index], index, size, path, root(found))
    assert inclusion_holds(found[index], other, size, path, root(found)) == (other == index)


@settings(deadline=None)
@given(st.data())
def test_every_tree_continues_its_own_beginnings_and_no_fork(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(1, new))
    found = make(new)
    path = consistency_proof(found, old)
    assert consistency_holds(old, new, root(found[:old]), root(found), path)
    forked = [*found[: old - 1], leaf_hash(b"forked")]
    assert not consistency_holds(old, new, root(forked), root(found), path)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_of_another_length_is_refused(length: int) -> None:
    found = make(8)
    assert not inclusion_holds(b"\x00" * length, 0, 1, [], b"\x00" * length)
    path = [*inclusion_proof(found, 3)]
    path[1] = path[1][:length].ljust(length, b"\x00")
    assert not inclusion_holds(found[3], 3, 8, path, root(found))
    path = [*consistency_proof(found, 6)]
    path[1] = path[1][:length].ljust(length, b"\x00")
    assert not consistency_holds(6, 8, root(found[:6]), root(found), path)


@pytest.mark.parametrize(("old", "new"), [(0, 8), (-1, 8), (9, 8), (2**70, 2**70 + 1)])
def test_sizes_without_sense_are_refused(old: int, new: int) -> None:
    assert not consistency_holds(old, new, root([]), root(make(8)), [])


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0), (2**70, 2**70)])
def test_places_outside_the_tree_are_refused(index: int, size: int) -> None:
    assert not inclusion_holds(make(1)[0], index, size, [], root(make(8)))


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for index in (-1, 3):
        with pytest.raises(RefusedInputError, match="No leaf"):
            inclusion_proof(make(3), index)
    for old in (0, 4):
        with pytest.raises(RefusedInputError, match="No consistency proof"):
            consistency_proof(make(3), old)


def test_a_growing_tree_has_the_root_of_the_definition_at_every_size_on_the_way() -> None:
    leaves, tree = make(131), Tree()
    for leaf in leaves:
        tree.append(leaf)
    assert tree.size == 131
    assert [tree.root(size) for size in range(132)] == [by_definition(leaves[:size]) for size in range(132)]
    with pytest.raises(RefusedInputError, match="132 leaves in a tree of 131"):
        tree.root(132)
