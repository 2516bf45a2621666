"""Two verifiers, one page: they agree on files that lie beside the lines, on exports of earlier releases, and on damaged exports."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from governance.dossier.bundle import folder_name, zip_bytes
from governance.dossier.verify import verify
from tests.dossier import second_verifier
from tests.dossier.ledger import LOG, ORIGIN, TRUST, book, check, checkpoint, vkey
from tests.dossier.test_attacks import SALT, filled, refused
from tests.dossier.test_verify_paths import retired
from tests.review.board import approved, conditional

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("export", sorted(FIXTURES.glob("*.zip")), ids=lambda path: path.stem)
def test_the_second_verifier_accepts_exports_of_earlier_releases(export: Path) -> None:
    trust, old = export.with_suffix(".trust.json"), export.with_suffix(".old-checkpoint")
    assert second_verifier.verify(export, trust, old=(old,)) == second_verifier.Verdict("valid", None, "")


def files_of(**more: Any) -> dict[str, bytes]:
    return filled(approved()).files() | more


def texts(change: Callable[[str, dict[str, str]], dict[str, Any]]) -> dict[str, bytes]:
    files = files_of()
    (name, item), *_ = json.loads(files["texts.json"]).items()
    return files | {"texts.json": json.dumps(change(name, item)).encode()}


BESIDE: dict[str, Callable[[], dict[str, bytes]]] = {
    "a salt in capitals": lambda: texts(lambda name, item: {name: item | {"salt": item["salt"].upper()}}),
    "a salt with gaps": lambda: texts(lambda name, item: {name: item | {"salt": " ".join([item["salt"][:2], item["salt"][2:]])}}),
    "a shorter salt and a longer text": lambda: texts(
        lambda name, item: {name: {"salt": item["salt"][:-2], "text": chr(int(item["salt"][-2:], 16)) + item["text"]}}
    ),
    "a text under another's digest": lambda: texts(lambda name, item: {"0" * 64: item, name: item}),
    "a text of nobody": lambda: texts(lambda _, item: {hashlib.sha256(SALT + b"new").hexdigest(): item | {"text": "new"}}),
    "a text with a third field": lambda: texts(lambda name, item: {name: item | {"by": "ada"}}),
    "the ledger's origin as a text": lambda: texts(
        lambda _, item: {hashlib.sha256(ORIGIN.encode()).hexdigest(): {"salt": ORIGIN[:16].encode().hex(), "text": ORIGIN[16:]}}
    ),
    "texts in a list": lambda: files_of() | {"texts.json": b"[]"},
    "evidence of nobody": lambda: files_of() | {f"evidence/{hashlib.sha256(b'x').hexdigest()}": b"x"},
    "evidence in a folder": lambda: files_of() | {"evidence/a/b": b"x"},
    "a proof in a whole export": lambda: files_of() | {"proofs/0.tlog-proof": b"x"},
    "leaves in a whole export": lambda: files_of() | {"leaves": b"\0" * 32},
    "a bundle of no decision": lambda: files_of() | {"bundles/loan.sigstore.json": b"{}"},
    "a bundle in a folder": lambda: files_of() | {"bundles/credit/credit.sigstore.json": b"{}"},
    "a program": lambda: files_of() | {"reports/open.me.sh": b"exit 0"},
    "a program like ours": lambda: files_of() | {"reports/verify.py": b"print('VALID')"},
    "a checkpoint with a further line": lambda: files_of() | {"checkpoint": noted(b"more\n")},
    "a stamp of something else": lambda: files_of() | {"checkpoint.tsr": hashlib.sha256(b"x").digest()},
    "the last decision's bundle, once it is retired": lambda: filled(retired()).files() | only(filled(approved()).files(), "bundles/"),
}  # fmt: skip


def only(files: dict[str, bytes], head: str) -> dict[str, bytes]:
    found = {name: data for name, data in files.items() if name.startswith(head)}
    assert found
    return found


def noted(more: bytes) -> bytes:
    import base64

    text = checkpoint(filled(approved()).lines).split(b"\n\n")[0] + b"\n" + more
    signature = base64.b64encode(vkey(ORIGIN, LOG)[0] + LOG.sign(text)).decode()
    return text + f"\n— {ORIGIN} {signature}\n".encode()


@pytest.mark.parametrize("name", BESIDE)
def test_both_refuse_what_lies_beside_the_lines(tmp_path: Path, name: str) -> None:
    answer = check(BESIDE[name](), tmp_path)
    assert not answer["valid"]


def test_both_take_an_older_checkpoint_that_is_larger_for_newer(tmp_path: Path) -> None:
    lines = filled(approved()).lines
    answer = check(book(approved().entries[:-1]).files(), tmp_path, old=(checkpoint(lines),))
    assert answer["newer"]


def test_both_refuse_a_checkpoint_of_fewer_and_of_more_lines(tmp_path: Path) -> None:
    lines = filled(approved()).lines
    for size in (0, 1, len(lines) - 1):
        files = files_of() | {"checkpoint": checkpoint(lines[:size])}
        refused(files, tmp_path, size or None)


def boxed(place: Path, *extra: tuple[str, int]) -> Path:
    """Write an honest .zip with further members: name and mode."""
    source = book(approved().entries)
    box = io.BytesIO(zip_bytes(source.files(), folder_name(source.source())))
    with zipfile.ZipFile(box, "a") as archive:
        for name, mode in extra:
            item = zipfile.ZipInfo(name)
            item.external_attr = mode << 16
            archive.writestr(item, b"/etc/passwd")
    path = place / "export.zip"
    path.write_bytes(box.getvalue())
    (place / "trust.json").write_text(json.dumps(TRUST))
    return path


TOP = folder_name(book(approved().entries).source())


@pytest.mark.parametrize(
    ("name", "mode"),
    [("../x.txt", 0o644), (f"{TOP}/../../x.txt", 0o644), ("/x.txt", 0o644), (f"{TOP}/..\\x.txt", 0o644), (f"{TOP}/c:x", 0o644),
     (f"{TOP}/link", 0o120777), (f"{TOP}//x.txt", 0o644), (f"{TOP}/./x.txt", 0o644)],
)  # fmt: skip
def test_a_zip_with_a_way_out_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    path = boxed(tmp_path, (name, mode))
    answer = verify(path, tmp_path / "trust.json", [])
    second_verifier.agree(answer, second_verifier.verify(path, tmp_path / "trust.json"))
    assert not answer["valid"]
    assert verify(boxed(tmp_path, (f"{TOP}/x.txt", 0o644)), tmp_path / "trust.json", [])["valid"]


SOURCE = book(conditional().entries)
BOXES = [SOURCE.files(), SOURCE.files("credit")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_both_agree_on_damaged_exports(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    files = dict(data.draw(st.sampled_from(BOXES)))
    name = data.draw(st.sampled_from(sorted(name for name in files if not name.endswith(".pdf"))))
    place = data.draw(st.integers(0, len(files[name])))
    cut, put = data.draw(st.integers(0, 40)), data.draw(st.binary(max_size=40))
    files[name] = files[name][:place] + put + files[name][place + cut :]
    check(files, tmp_path_factory.mktemp("damaged"))
