"""A file on its way in is read once, in pieces, and what came earlier makes room."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from pathlib import Path

from streamlit.testing.v1 import AppTest

from pages._ui import uploads


class Counting(io.BytesIO):
    """An upload that counts what is read of it."""

    file_id = "one"
    name = "rows.csv"
    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        Counting.taken += len(found)
        return found


def test_a_file_is_kept_under_its_digest_without_being_held_in_memory_again(tmp_path: Path) -> None:
    data = os.urandom(2**20) * 32
    upload = io.BytesIO(data)
    tracemalloc.start()
    try:
        place, digest = uploads.keep(upload, "table.parquet", tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.1 * len(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert (place.name, place.read_bytes()) == (f"{digest}.parquet", data)
    assert list(tmp_path.iterdir()) == [place]


def test_all_that_wait_are_limited_together_and_the_oldest_goes_first(tmp_path: Path) -> None:
    kept = []
    for number in range(4):
        place, _ = uploads.keep(io.BytesIO(bytes([number]) * 100), "a.csv", tmp_path, most_bytes=250)
        os.utime(place, (number, number))
        kept.append(place)
    assert [place.exists() for place in kept] == [False, False, True, True]
    large, _ = uploads.keep(io.BytesIO(bytes(1000)), "a.csv", tmp_path, most_bytes=250)
    assert list(tmp_path.iterdir()) == [large], "the newest is kept whatever its size"


def page() -> None:
    import streamlit as st

    from pages._ui import uploads
    from tests.pages.test_uploads import Counting

    st.text(str(uploads._received(Counting(b"a,b\n1,2\n"), "data")))


def test_a_file_is_read_once_however_often_its_page_is_drawn() -> None:
    drawn = AppTest.from_function(page, default_timeout=30).run()
    first = drawn.text[0].value
    assert "rows.csv" in first
    taken = Counting.taken
    drawn.run()
    assert drawn.text[0].value == first
    assert Counting.taken == taken
