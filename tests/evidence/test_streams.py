"""Named random streams: what one step draws depends on the seed and its own name alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from governance.evidence.streams import Streams


def drawn(seed: int, name: str) -> list[float]:
    return Streams(np.random.default_rng(seed))[name].random(4).tolist()


@given(st.integers(0, 2**32), st.text(max_size=12), st.text(max_size=12))
def test_a_stream_depends_on_the_seed_and_its_name_alone(seed: int, one: str, other: str) -> None:
    alone = drawn(seed, one)
    streams = Streams(np.random.default_rng(seed))
    streams[other].random(100)  # a new step before it
    assert streams[one].random(4).tolist() == alone
    assert (drawn(seed, other) == alone) == (one == other)
    assert drawn(seed + 1, one) != alone


def test_streams_made_twice_from_one_generator_differ_as_repeated_draws_do() -> None:
    rng = np.random.default_rng(0)
    first, second = Streams(rng)["columns"].random(), Streams(rng)["columns"].random()
    assert first != second


def test_a_stream_is_the_child_of_the_seed_whose_number_is_the_digest_of_its_name() -> None:
    """SHA-256 of "abc" is published with the algorithm: ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad."""
    digest = bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    key = [int.from_bytes(digest[at : at + 4], "little") for at in range(0, 32, 4)]
    by_hand = np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0, *key)))
    assert drawn(5, "abc") == by_hand.random(4).tolist()


def test_streams_of_different_names_do_not_move_together() -> None:
    streams = Streams(np.random.default_rng(3))
    draws = np.array([streams[f"step {index}"].standard_normal(4000) for index in range(8)])
    off = np.corrcoef(draws)[np.triu_indices(8, 1)]
    assert np.abs(off).max() < 4.5 / np.sqrt(4000)
