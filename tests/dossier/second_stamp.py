"""What a time stamp is about, as a second verifier reads it. Written from `docs/record-format.md`, RFC 3161 and RFC 5652 alone."""

import hashlib
from collections.abc import Iterator
from typing import Any

from tests.dossier.second_shapes import Bad, need

HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
SEQUENCE, SET, INTEGER, OBJECT, OCTETS = 0x30, 0x31, 0x02, 0x06, 0x04
CONSTRUCTED = 0x20


def _dotted(raw: bytes) -> str:
    numbers, value = [], 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _nodes(data: bytes) -> Iterator[tuple[int, Any]]:
    """Every value: its tag, and its bytes or the values inside."""
    stream = iter(data)
    for tag in stream:
        length = next(stream)
        if length > 127:
            need(128 < length <= 132, "a length of more than four bytes, or of none")
            written = bytes(next(stream) for _ in range(length - 128))
            length = int.from_bytes(written)
            need(length > 127 and written[0], "a length that could be shorter")
        raw = bytes(byte for _, byte in zip(range(length), stream, strict=False))
        need(len(raw) == length, "a value that is cut off")
        yield tag, list(_nodes(raw)) if tag & CONSTRUCTED else raw


def stamp_of(stamp: bytes, checkpoint: bytes) -> None:
    """Refuse what is no granted stamp of a checkpoint; whether its signature holds is not looked at."""
    try:
        [(_, [(_, [(kind, status), *_]), (_, [(_, content), (_, [(_, signed)])])])] = _nodes(stamp)
        _, _, (_, [(_, inner), (_, [(_, encoded)])]), *_, (last, signers) = signed
        [(_, [(_, _), (_, _), (_, [(_, [(_, algorithm), *_]), (_, imprint)]), *_])] = _nodes(encoded)
        name = HASHES[_dotted(algorithm)]
        right = kind == INTEGER and status in {b"\x00", b"\x01"} and last == SET and signers
        right = right and _dotted(content) == "1.2.840.113549.1.7.2" and _dotted(inner) == "1.2.840.113549.1.9.16.1.4"
    except (ValueError, KeyError, TypeError, StopIteration, RuntimeError, IndexError) as error:
        raise Bad(f"no time stamp: {error!r}") from error
    need(right and hashlib.new(name, checkpoint).digest() == imprint, "the time stamp is of something else")
