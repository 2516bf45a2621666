"""What a file is by its first bytes, when it is plainly no ONNX model."""

from __future__ import annotations

from typing import Final

from governance.models.intake.inspection import Refusal

HEAD: Final = 4096
"""Bytes that are looked at."""

_UNPICKLED: Final = (
    "Models are never unpickled here. Convert it on your own machine: countersign convert MODEL --out model.onnx."
)
_CONVERT: Final = "Convert it on your own machine: countersign convert MODEL --out model.onnx --sample DATA."
_EXPORT: Final = "Give the ONNX model file itself (.onnx)."
_ZIP_PARTS: Final = (
    (b"archive/data.pkl", "a PyTorch file (a zip with a pickle inside)", _UNPICKLED),
    (b"schema.json", "a skops file", _CONVERT),
    (b"config.json", "a Keras file", "Export it to ONNX, for example with tf2onnx."),
)
_STARTS: Final = (
    (b"PK\x03\x04", "zip", "a zip archive", "Unpack it and give the ONNX file inside."),
    (b"PK\x05\x06", "zip", "an empty zip archive", _EXPORT),
    (b"\x1f\x8b", "gzip", "a gzip archive", "Unpack it (gunzip) and give the ONNX file inside."),
    (b"BZh", "bzip2", "a bzip2 archive", "Unpack it and give the ONNX file inside."),
    (b"\xfd7zXZ\x00", "xz", "an xz archive", "Unpack it and give the ONNX file inside."),
    (b"7z\xbc\xaf\x27\x1c", "7z", "a 7z archive", "Unpack it and give the ONNX file inside."),
    (b"\x28\xb5\x2f\xfd", "zstd", "a zstd archive", "Unpack it and give the ONNX file inside."),
    (
        b"\x89HDF\r\n",
        "hdf5",
        "an HDF5 file (Keras keeps models in these)",
        "Export it to ONNX, for example with tf2onnx.",
    ),
    (b"CBM1", "catboost", "a CatBoost model", _CONVERT),
    (b"PAR1", "parquet", "a Parquet table", "This is data: register it as a data set, and give a model here."),
    (b"ARROW1", "arrow", "an Arrow table", "This is data: register it as a data set, and give a model here."),
    (b"%PDF", "pdf", "a PDF document", _EXPORT),
    (b"\x89PNG", "png", "a picture", _EXPORT),
    (b"\x7fELF", "elf", "a program", _EXPORT),
    (b"MZ", "exe", "a program", _EXPORT),
    (b"\x93NUMPY", "numpy", "a NumPy array", _EXPORT),
    (b"SQLite format 3\x00", "sqlite", "an SQLite database", _EXPORT),
)


def foreign_format(head: bytes) -> tuple[str, Refusal] | None:
    """Return the format and the refusal for a file that starts with `head`; None when it may be a model."""
    if not head:
        return "empty", Refusal("empty", "The file is empty.", "Export the model again, or upload the whole file.")
    found = _archive(head) or _pickle(head) or _text(head)
    if found is None:
        return None
    name, words, advice = found
    return name, Refusal("foreign_format", f"The file is {words}, expected an ONNX model.", advice)


def _archive(head: bytes) -> tuple[str, str, str] | None:
    for start, name, words, advice in _STARTS:
        if head.startswith(start):
            inside = (
                next(((text, do) for part, text, do in _ZIP_PARTS if part in head), None) if name == "zip" else None
            )
            return (name, *inside) if inside else (name, words, advice)
    return None


def _pickle(head: bytes) -> tuple[str, str, str] | None:
    """Recognise pickle protocols 2 to 5 (PROTO opcode) and the opcodes that protocol 0 and 1 start with."""
    if (head[0] == 0x80 and len(head) > 1 and head[1] in (2, 3, 4, 5)) or head.startswith(
        (b"cc", b"ccopy_reg", b"csklearn", b"cnumpy")
    ):
        return "pickle", "a Python pickle (joblib writes these too)", _UNPICKLED
    if head.startswith((b"x\x9c", b"ZF")):
        return "zlib", "compressed with zlib (joblib writes pickles so)", _UNPICKLED
    return None


_TEXTS: Final = (
    (("<!doctype", "<html", "<head", "<?xml", "<script", "<svg"), "html", "a web page",
     "A download that asks for a login gives such pages: fetch the model file itself."),
    (("version https://git-lfs",), "git-lfs", "a Git LFS pointer", "Fetch the real file: git lfs pull."),
    (("tree\nversion=", "tree\r\nversion="), "lightgbm", "a LightGBM text model", _CONVERT),
    (('{"learner"',), "xgboost", "an XGBoost JSON model", _CONVERT),
    (("{", "["), "json", "a JSON document", _EXPORT),
    (("",), "text", "plain text", _EXPORT),
)  # fmt: skip


def _text(head: bytes) -> tuple[str, str, str] | None:
    if not _is_text(head):
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower().decode("ascii", "replace")
    return next(found for starts, *found in _TEXTS if start.startswith(starts))  # type: ignore[return-value]


def _is_text(head: bytes) -> bool:
    """Whether there is no control character beside white space: protobuf has field tags below 0x20 in its first bytes."""
    return not any(byte < 0x20 and byte not in b"\t\r\n\f" for byte in head) and head[:1] not in (b"\n", b"\r", b"\t")
