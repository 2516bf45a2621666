"""Files by digest: stored whole or not at all, checked on reading."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from governance.evidence.errors import RecordError, RefusedInputError
from storage.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def files(blobs: Blobs) -> list[str]:
    return sorted(path.name for path in blobs.folder.rglob("*") if path.is_file())


@given(data=st.binary(max_size=300))
@settings(max_examples=20, deadline=None)
def test_bytes_come_back_under_their_digest(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    stored = blobs.put(data)
    assert stored.digest == hashlib.sha256(data).hexdigest()
    assert stored.size == len(data)
    assert blobs.read(stored.digest) == data


def test_the_same_bytes_are_stored_once(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"abc")
    assert blobs.put(b"abc") == blobs.put_file(source)
    assert files(blobs) == [hashlib.sha256(b"abc").hexdigest()]


def test_a_file_beyond_the_limit_leaves_nothing(blobs: Blobs) -> None:
    with pytest.raises(RefusedInputError, match="more than 9 bytes"):
        blobs.put(b"0123456789", limit=9)
    assert blobs.put(b"012345678", limit=9).size == 9
    assert len(files(blobs)) == 1


def test_a_stream_that_breaks_leaves_nothing(blobs: Blobs) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(2)

    with pytest.raises(RecordError, match="Input/output error"):
        blobs.put_stream(Broken(b"abcdef"))
    assert files(blobs) == []


def test_changed_bytes_are_noticed_and_mended_by_storing_them_again(blobs: Blobs) -> None:
    digest = blobs.put(b"abc").digest
    blobs.path_of(digest).write_bytes(b"abd")
    for look in (blobs.read, blobs.verified):
        with pytest.raises(RecordError, match="has changed"):
            look(digest)
    blobs.put(b"abc")
    assert blobs.read(digest) == b"abc"


def test_a_missing_file_is_named(blobs: Blobs) -> None:
    digest = "0" * 64
    assert not blobs.has(digest)
    for look in (blobs.read, blobs.verified):
        with pytest.raises(RecordError, match="missing"):
            look(digest)
    with pytest.raises(RefusedInputError, match="no file"):
        blobs.put_file(blobs.folder / "nothing")


@pytest.mark.parametrize("name", ["", "../x", "A" * 64, "0" * 63, "0" * 64 + "\n", "/etc/passwd"])
def test_what_is_no_digest_names_no_file(blobs: Blobs, name: str) -> None:
    with pytest.raises(RefusedInputError, match="not a SHA-256"):
        blobs.path_of(name)


def test_a_large_stream_is_copied_in_parts(blobs: Blobs) -> None:
    data = bytes(range(256)) * 10_000
    stored = blobs.put_stream(io.BytesIO(data))
    with blobs.open(stored.digest) as file:
        assert file.read() == data
