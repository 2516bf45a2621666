"""The files of an export: read within limits, and held against what the entries name."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from stat import S_ISLNK
from typing import Any

if __package__:
    from governance.dossier.verify_fields import Refused, need, read_evidence, read_json, sha256
else:  # beside this file, in an export
    from verify_fields import Refused, need, read_evidence, read_json, sha256  # type: ignore[import-not-found,no-redef]

NO_TABLES = (
    "model",
    "candidate",
    "observation",
    "challenge",
)  # roles of inputs that the registry of tables does not list
LARGEST = 2**30
MANY = 100_000
SALT = 16
MINE = (
    "verify.py",
    "verify_checkpoint.py",
    "verify_fields.py",
    "verify_files.py",
    "verify_gate.py",
    "verify_ledger.py",
    "verify_norms.py",
    "verify_rules.py",
    "verify_table.py",
    "verify_votes.py",
)
"""The files of the verifier; an export may carry a copy of them."""
PROGRAMS = (
    ".py", ".pyw", ".pyz", ".pyc", ".pyo", ".pyd", ".pth", ".so", ".dll", ".dylib", ".exe", ".com", ".scr", ".msi", ".bat", ".cmd",
    ".ps1", ".vbs", ".wsf", ".hta", ".reg", ".lnk", ".js", ".jar", ".sh", ".command", ".desktop",
)  # fmt: skip
RECORD = {"checkpoint", "checkpoint.tsr", "ledger.intoto.jsonl", "texts.json", "leaves"}
PLACES = RECORD | {"proofs", "evidence", "bundles"}
SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # the DER of the object identifier 1.2.840.113549.1.7.2
TIME_STAMP = bytes.fromhex("2a864886f70d0109100104")  # 1.2.840.113549.1.9.16.1.4
HASHES = {
    bytes.fromhex(f"6086480165030402{last}"): name
    for last, name in (("01", "sha256"), ("02", "sha384"), ("03", "sha512"))
}
Files = dict[str, Callable[[], bytes]]


def files(place: Path) -> Files:
    """Return name -> function that reads it, for a folder or a .zip, without the one folder that may wrap them."""
    found = in_folder(place) if place.is_dir() else in_zip(place)
    if "checkpoint" not in found and len({name.split("/")[0] for name in found}) == 1:
        found = {name.partition("/")[2]: read for name, read in found.items()}
    need({"checkpoint", "ledger.intoto.jsonl"} <= set(found), "it holds no checkpoint and ledger.intoto.jsonl")
    seen: set[str] = set()
    for name in found:
        there = "/".join(part.rstrip(". ").casefold() for part in name.split("/"))  # where some machines would put it
        stranger = there.endswith(PROGRAMS) and name not in MINE
        need(not stranger, f"it holds the program {name!r}, which is no part of an export: run nothing of it")
        own = name.partition("/")[0] in PLACES or there.partition("/")[0] not in PLACES
        need(own and there not in seen, f"{name!r} would take the place of another file on some machines")
        seen.add(there)
    return found


def in_folder(place: Path) -> Files:
    """Return the files of a folder; links out of it, what is no file, and more than fits into memory are refused."""
    found: Files = {}
    size = 0
    inside = place.resolve()
    for path in place.rglob("*"):
        name = path.relative_to(place).as_posix()
        need(path.resolve().is_relative_to(inside), f"{name!r} is a link out of the export")
        if path.is_dir():
            continue
        need(path.is_file(), f"{name!r} is no file")
        size += path.stat().st_size
        found[name] = path.read_bytes
        need(
            size <= LARGEST and len(found) <= MANY, "the folder is larger than 1 GiB, or holds more than 100,000 files"
        )
    return found


def in_zip(place: Path) -> Files:
    """Return the files of a .zip."""
    box = zipfile.ZipFile(place)
    inside = [item for item in box.infolist() if not item.is_dir()]
    need(len({item.filename for item in inside}) == len(inside), "the zip holds one name twice")
    need(sum(item.file_size for item in inside) <= LARGEST, "the zip is larger than 1 GiB when unpacked")
    need(len(inside) <= MANY, "the zip holds more than 100,000 files")
    for item in box.infolist():
        name = item.filename
        away = name.startswith("/") or {"", ".", ".."} & set(name.rstrip("/").split("/")) or "\\" in name or ":" in name
        need(not away and not S_ISLNK(item.external_attr >> 16), f"{name!r} is a link, or leads out of the export")
    return {item.filename: partial(box.read, item) for item in inside}


def check_evidence(inside: Files, named: set[bytes], board: Any, notes: list[str]) -> None:
    """Refuse evidence that is not what the entries name, or says otherwise than they do; note what is not there.

    `board` says what was recorded: `evidence`, digest -> body, and `recorded`, digest -> index of the first entry about it.
    """
    there = {name.removeprefix("evidence/") for name in inside if name.startswith("evidence/")}
    unread = 0
    for name in sorted(there):
        need(name.encode() in named, f"evidence/{name} is named by no entry")
        data = inside[f"evidence/{name}"]()
        need(sha256(data).hex() == name, f"evidence/{name} has other bytes than the entries name")
        if name in board.evidence:
            try:
                unread += not says_the_same(name, data, board.evidence[name])
            except (Refused, LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
                why = (
                    error
                    if isinstance(error, Refused)
                    else f"evidence/{name} is malformed ({type(error).__name__}: {error})"
                )
                raise Refused(str(why), board.recorded[name]) from None
    absent = sorted(set(board.evidence) - there)
    if absent:
        notes.append(f"{len(absent)} pieces of evidence are named and not in this export: {', '.join(absent[:3])} ...")
    if unread:
        notes.append(f"{unread} pieces of evidence are in a form that this verifier cannot read beyond their digest")


def says_the_same(name: str, data: bytes, entry: Any) -> bool:
    """Refuse evidence whose method, model, tables, rows or outcome are not those of its entry; return whether it was read."""
    try:
        value = read_evidence(data)
    except (ValueError, RecursionError):
        return False
    if type(value) is not dict or value.get("format") != "countersign-evidence/1":
        return False
    key = value["key"]
    result = value["result"]
    models = [item["digest"] for item in key["inputs"] if item["role"] == "model"]
    silent = type(result) is dict and result.get("outcome") == "not_assessed"
    unnamed = [{name: part for name, part in item.items() if name != "name"} for item in key["inputs"]]
    said = {
        "key": sha256(jcs(key | {"inputs": unnamed}).encode()).hex(),
        "method": key["method"],
        "method_version": key["method_version"],
        "model": models[0] if models else None,
        "data": [item["digest"] for item in key["inputs"] if item["role"] not in NO_TABLES],
        "rows_used": value["rows"]["used"],
        "rows_total": value["rows"]["total"],
        "outcome": "not_assessed" if silent else "assessed",
    }
    other = [field for field in said if jcs(said[field]) != jcs(entry[field])]  # true is not 1
    need(not other, f"evidence/{name} says otherwise than its entry: {', '.join(other)}")
    return True


def jcs(value: Any) -> str:
    """Return the RFC 8785 form of a JSON value that may hold fractions: names in the order of their UTF-16 units."""
    if type(value) is dict:
        names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
        return "{" + ",".join(f"{jcs(name)}:{jcs(value[name])}" for name in names) + "}"
    if type(value) is list:
        return "[" + ",".join(map(jcs, value)) + "]"
    need(type(value) is not int or abs(value) < 2**53, "JSON holds an integer from 2^53 on")
    return number(value) if type(value) is float else json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """Return a fraction as ECMAScript writes it: the shortest digits, with an exponent below 1e-6 and from 1e21 on."""
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    shown, point = "".join(map(str, digits)), len(digits) + int(power)  # 0.shown times ten to the power of point
    if not value:
        return "0"
    if not -6 < point <= 21:
        shown = f"{shown[0]}.{shown[1:]}".rstrip(".") + f"e{point - 1:+d}"
    elif point <= 0:
        shown = "0." + "0" * -point + shown
    elif point < len(shown):
        shown = f"{shown[:point]}.{shown[point:]}"
    else:
        shown += "0" * (point - len(shown))
    return "-" * sign + shown


def check_texts(inside: Files, named: set[bytes], printed: list[tuple[int, str, str]], notes: list[str]) -> None:
    """Refuse texts that are not what was signed: SHA-256 over exactly 16 bytes of salt and then the text.

    `printed` is (index, name beside the signature, name of the member) of every vote, each by its digest.
    """
    texts = read_json(inside["texts.json"]()) if "texts.json" in inside else {}
    for name, item in texts.items():
        need(set(item) == {"salt", "text"}, f"text {name} is not the one that was signed")
        need(re.fullmatch("([0-9a-f]{2})*", item["salt"]), f"the salt of text {name} is no lowercase hex")
        salt = bytes.fromhex(item["salt"])
        need(
            len(salt) == SALT,
            f"the salt of text {name} has {len(salt)} bytes, not {SALT}: a part of the text is cut off",
        )
        signed = name.encode() in named and sha256(salt, item["text"].encode()).hex() == name
        need(signed, f"text {name} is not the one that was signed")
    for index, beside, own in printed:
        other = beside in texts and own in texts and texts[beside]["text"] != texts[own]["text"]
        need(not other, "the name beside the signature is not that of the member who signed", index)
    notes.append(f"{len(texts)} texts are disclosed and were checked; others that entries name are withheld or erased")


def check_copies(inside: Files, latest: dict[str, bytes], notes: list[str]) -> None:
    """Refuse Sigstore bundles around anything but the latest decision of their case; note the copies for people.

    `latest` is case -> line of its latest decision.
    """
    for name in sorted(inside):
        if name.startswith("bundles/"):
            case = name.removeprefix("bundles/").removesuffix(".sigstore.json")
            known = name == f"bundles/{case}.sigstore.json" and case in latest
            need(known, f"{name} is no decision of a case that is here")
            envelope = read_json(latest[case])
            hint = {"hint": envelope["signatures"][0]["keyid"]}
            material = {"publicKey": hint, "tlogEntries": []}
            wanted = {"mediaType": SIGSTORE, "verificationMaterial": material, "dsseEnvelope": envelope}
            need(read_json(inside[name]()) == wanted, f"{name} does not hold the latest decision of its case")
        elif name not in RECORD and not name.startswith(("evidence/", "proofs/")):
            notes.append(f"{name}: a copy for people, not the record")


def parts(der: bytes) -> list[tuple[int, bytes]]:
    """Return (tag, content) of the DER values that stand one after another."""
    found = []
    while der:
        size, start = der[1], 2
        if size >= 128:
            start = size - 126
            size = int.from_bytes(der[2:start])
            need(start > 2 and der[2] and size >= 128, "a length is not in its shortest form")
        need(2 <= start <= 6 and start + size <= len(der), "it is cut off")
        found.append((der[0], der[start : start + size]))
        der = der[start + size :]
    return found


def stamped(stamp: bytes) -> tuple[str, bytes]:
    """Return the name of the hash and the digest that a granted TimeStampResp is about (RFC 3161, 2.4.2; RFC 5652, 5.1)."""
    ((_, response),) = parts(stamp)
    (_, status), (_, token) = parts(response)
    need(parts(status)[0] in ((2, b"\0"), (2, b"\1")), "it was not granted")
    (_, kind), (_, wrapped) = parts(token)
    ((_, signed),) = parts(wrapped)
    _, _, (_, content), *_, (tag, signatures) = parts(signed)
    need(kind == SIGNED_DATA and tag == 0x31 and signatures, "it carries no signature")
    (_, kind), (_, wrapped) = parts(content)
    ((_, text),) = parts(wrapped)
    ((_, info),) = parts(text)
    _, _, (_, imprint), *_ = parts(info)
    (_, how), (_, digest) = parts(imprint)
    need(kind == TIME_STAMP, "it is about something else than a time")
    return HASHES[parts(how)[0][1]], digest


def check_timestamp(stamp: bytes, note: bytes, notes: list[str]) -> None:
    """Refuse a time stamp (RFC 3161) that is not one about this checkpoint; note that its signature is checked elsewhere."""
    try:
        name, digest = stamped(stamp)
    except (LookupError, ValueError, Refused) as error:
        raise Refused(f"checkpoint.tsr is no time stamp ({type(error).__name__}: {error})") from None
    need(hashlib.new(name, note).digest() == digest, "checkpoint.tsr is a time stamp of something else")
    notes.append(
        "checkpoint.tsr names this checkpoint; whose signature it carries, whether it holds, and when it was made is not checked "
        "here. With the authority's certificate: openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile AUTHORITY.pem"
    )
