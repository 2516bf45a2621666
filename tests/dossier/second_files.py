"""Checkpoints, Merkle trees and gate reports as a second verifier reads them. Written from `docs/record-format.md` alone."""

import json
import re
import stat
import zipfile
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.dossier.second_shapes import Bad, digest, is_a, need, unbase64


def root(leaves: list[bytes]) -> bytes:
    """The Merkle root of RFC 6962 over leaf hashes."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while stack and stack[-1][0] == size:
            size, node = 2 * size, sha256(b"\x01" + stack.pop()[1] + node).digest()
        stack.append((size, node))
    node = stack.pop()[1] if stack else sha256().digest()
    while stack:
        node = sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that an inclusion proof of RFC 9162, section 2.1.3.2, leads to."""
    need(index < size, "an index outside the tree")
    first, last, node = index, size - 1, leaf
    for step in path:
        need(last, "a proof that is too long")
        if first & 1 or first == last:
            node = sha256(b"\x01" + step + node).digest()
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + step).digest()
        first, last = first >> 1, last >> 1
    need(last == 0, "a proof that is too short")
    return node


def key_of(vkey: str, *, kind: int) -> tuple[str, bytes, Ed25519PublicKey]:
    """Name, four bytes and key of a verifier key of a signed note."""
    name, _, rest = vkey.partition("+")
    mark, _, data = rest.partition("+")
    raw = unbase64(data)
    need(
        name and not re.search(r"[\s+]", name) and len(raw) == 33 and raw[0] == kind,
        f"not a verifier key of type {kind}: {vkey}",
    )
    known = sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(mark == known.hex(), f"the key id of {vkey}")
    return name, known, Ed25519PublicKey.from_public_bytes(raw[1:])


class Checkpoint:
    """A checkpoint whose signatures by known keys hold."""

    def __init__(self, data: bytes, trust: dict[str, Any]) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise Bad("a checkpoint that is no text") from error
        need(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), "a control character in a note")
        body, gap, signatures = text.rpartition("\n\n")
        need(gap and signatures.endswith("\n"), "not a signed note")
        self.logs, self.witnesses = set[str](), set[str]()
        for line in signatures[:-1].split("\n"):
            parts = line.split(" ")
            need(len(parts) == 3 and parts[0] == "—", "not a signature line")
            need(parts[1] and not re.search(r"[\s+]", parts[1]), "not the name of a key")
            self._signature(parts[1], unbase64(parts[2]), body=(body + "\n").encode(), trust=trust)
        lines = body.split("\n")
        need(len(lines) == 3 and lines[0] == trust["origin"], "not the trusted origin")
        need(re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]), "the size")
        self.size, self.root = int(lines[1]), unbase64(lines[2])
        need(len(self.root) == 32, "the root")
        need(self.logs, "no signature of a trusted log key")

    def _signature(self, name: str, raw: bytes, *, body: bytes, trust: dict[str, Any]) -> None:
        need(len(raw) > 4, "a short signature")
        for vkeys, kind, found in ((trust["log_vkeys"], 1, self.logs), (trust["witness_vkeys"], 4, self.witnesses)):
            for vkey in vkeys:
                known_name, mark, key = key_of(vkey, kind=kind)
                if (known_name, mark) != (name, raw[:4]):
                    continue
                signed, message = raw[4:], body
                if kind == 4:
                    need(len(raw) == 76, "the length of a cosignature")
                    signed, message = raw[12:], f"cosignature/v1\ntime {int.from_bytes(raw[4:12])}\n".encode() + body
                try:
                    key.verify(signed, message)
                except InvalidSignature as error:
                    raise Bad(f"the signature of {name} fails") from error
                found.add(key.public_bytes_raw().hex())


def proof(data: bytes) -> tuple[int, list[bytes], bytes]:
    """Index, path and checkpoint of a tlog-proof."""
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Bad("a proof that is no text") from error
    need(gap and lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
    rest = lines[1:]
    named = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", rest[0] if rest else "")
    path = [unbase64(line) for line in rest[1:]]
    if named is None or any(len(step) != 32 for step in path):
        raise Bad("not a tlog-proof")
    return int(named[1]), path, note


PROGRAMS = re.compile(
    r"\.(py[wzcod]?|pth|so|dll|dylib|exe|com|scr|msi|bat|cmd|ps1|vbs|wsf|hta|reg|lnk|js|jar|sh|command|desktop)[. ]*"
)
OF_RECORD = (
    "checkpoint",
    "checkpoint.tsr",
    "ledger.intoto.jsonl",
    "leaves",
    "proofs",
    "texts.json",
    "evidence",
    "bundles",
)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?", re.ASCII | re.IGNORECASE)
MOST_BYTES, MOST_FILES = 2**30, 100_000
SEGMENT = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_-]*))((?:\[[^\[\]]*\])*)(\.|$)')
UNKNOWN = object()


class Unread(Bad):
    """A file that is no JSON."""


class Unseen(Exception):  # noqa: N818 - a verdict
    """A path goes on inside something that is not assessed."""


def _open(value: Any) -> bool:
    return value is UNKNOWN or (isinstance(value, dict) and value.get("outcome") == "not_assessed")


def evidence_of(data: bytes) -> Any:
    """JSON in UTF-8, with fractions, without NaN and infinities."""
    try:
        return json.loads(data.decode(), object_pairs_hook=once, parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise Unread(f"not JSON: {error}") from error


def _none(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def text_of(value: Any) -> str | None:
    """A value as text, or nothing where it is none."""
    if isinstance(value, dict):
        value = UNKNOWN if value.get("outcome") == "not_assessed" else value.get("value", value)
    if value is None or value is UNKNOWN or isinstance(value, dict | list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field(item: Any, path: str) -> str | None:
    for name in path.strip().split("."):
        if not isinstance(item, dict) or name not in item:
            return None
        item = item[name]
    return None if isinstance(item, dict | list) else str(item).lower() if isinstance(item, bool) else str(item)


def _picked(rows: Any, selector: str) -> list[Any]:
    if _open(rows):
        raise Unseen
    if not isinstance(rows, list) or selector == "*":
        return rows if isinstance(rows, list) else []
    if re.fullmatch("[0-9]+", selector):
        return rows[int(selector) : int(selector) + 1]
    pairs = [pair.partition("=") for pair in selector.split(",")]
    return [row for row in rows if all(_field(row, path) == wanted.strip() for path, _, wanted in pairs)]


def _under(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict) or name not in value:
        if _open(value):
            raise Unseen
        return []
    return [UNKNOWN if value[name] is None and value.get("reason") else value[name]]


def path_of(metric: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """What is made of several values, and the names of a path with their selectors."""
    several = re.fullmatch(r"(min|max|count)\((.*)\)", metric.strip())
    path = (several[2] if several else metric).strip()
    names, place = [], 0
    need(path, "an empty metric")
    while place < len(path):
        segment = SEGMENT.match(path, place)
        if segment is None or (segment[4] == "." and segment.end() == len(path)):
            raise Bad(f"a metric that cannot be read: {metric}")
        selectors = [item.strip() for item in re.findall(r"\[([^\[\]]*)\]", segment[3])]
        for item in selectors:
            fields = all(re.match(r"\s*[^=\s][^=]*=", pair) for pair in item.split(","))
            need(fields or re.fullmatch(r"\*|0|[1-9][0-9]{0,8}", item), f"a selector that cannot be read: {item}")
        names.append((segment[2] if segment[1] is None else re.sub(r"\\(.)", r"\1", segment[1]), selectors))
        place = segment.end()
    return several[1] if several else "", names


def measured(result: Any, metric: str) -> str | None:
    """What a metric names in a result, as text."""
    several, names = path_of(metric)
    if isinstance(result, dict) and result.get("outcome") == "not_assessed":
        return None
    values = [result]
    try:
        for name, selectors in names:
            values = [found for value in values for found in _under(value, name)]
            for selector in selectors:
                values = [row for rows in values for row in _picked(rows, selector)]
    except Unseen:
        return None
    if several == "count":
        return str(len(values))
    texts = [text for text in map(text_of, values) if text is not None]
    if not texts or len(texts) < len(values) or (len(texts) > 1 and not several):
        return None
    if several and not all(map(NUMBER.fullmatch, texts)):
        return None
    ordered = sorted(texts, key=Decimal) if several else texts
    return next(text for text in texts if Decimal(text) == Decimal(ordered[-1])) if several == "max" else ordered[0]


def _judged(value: str | None, limit: dict[str, str]) -> str:
    if value is None:
        return "not_assessed"
    if limit["equals"]:
        return "met" if value == limit["equals"] else "not_met"
    if not NUMBER.fullmatch(value):
        return "not_assessed"
    number = Decimal(value)
    low, high = limit["min"], limit["max"]
    return "met" if (not low or number >= Decimal(low)) and (not high or number <= Decimal(high)) else "not_met"


def _words(limit: dict[str, str]) -> str:
    low, high, exact = limit["min"], limit["max"], limit["equals"]
    return (
        f"exactly {exact}"
        if exact
        else f"{low} to {high}"
        if low and high
        else f"at least {low}"
        if low
        else f"at most {high}"
    )


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice."""
    need(len(dict(pairs)) == len(pairs), "a name stands twice")
    return dict(pairs)


def gate(policy: bytes, frozen: list[bytes], models: list[str]) -> list[dict[str, Any]]:
    """The requirements that follow from a policy and the frozen evidence."""
    evidence = [(digest(data), evidence_of(data)) for data in frozen]
    asks = _policy(policy)
    plain = all(isinstance(value, dict) and value.get("format") == "countersign-evidence/1" for _, value in evidence)
    need(plain, "evidence in another form")
    found = []
    for asked in asks["requirements"]:
        fitting = [
            (name, v)
            for name, v in evidence
            if (v["key"]["method"], v["key"]["cohort"]) == (asked["method"], asked["cohort"])
        ]
        about = any(model_of(value) for _, value in fitting)
        each = models if len(models) > 1 and about else [""]
        for model in each:
            pieces = [(name, value) for name, value in fitting if not about or model_of(value) == (model or models[0])]
            name, value = pieces[0] if len(pieces) == 1 else (None, None)
            number = measured(value["result"], asked["metric"]) if value else None
            identity = f"{asked['id'][:55]}-{model[:8]}" if model else asked["id"]
            outcome = {
                "outcome": _judged(number, asked["limit"]),
                "limit": _words(asked["limit"]),
                "severity": asked["severity"],
            }
            found.append({"id": identity, "value": number, "evidence": name, **outcome})
    need(len({item["id"] for item in found}) == len(found), "a requirement twice")
    return found


def _policy(data: bytes) -> Any:
    """A policy that has the form of the page."""
    policy = evidence_of(data)
    fields = {"title", "format", "requirements"}
    need(isinstance(policy, dict) and set(policy) - {"automatic"} == fields, "a policy in another form")
    need(policy["format"] == "countersign-policy/1" and is_a("word", policy["title"]), "a policy in another form")
    rules = policy["requirements"]
    need(isinstance(rules, list) and rules, "a policy that asks for nothing")
    for rule in rules:
        kinds = {"id": "id", "method": "word", "metric": "word"}
        need(isinstance(rule, dict) and set(rule) == {*kinds, "limit", "severity", "cohort", "why"}, "a requirement")
        need(all(is_a(kind, rule[name]) for name, kind in kinds.items()), "a requirement")
        need(isinstance(rule["cohort"], str) and isinstance(rule["why"], str), "a requirement")
        need(rule["severity"] in ("freezing", "blocking", "advisory"), "a severity")
        path_of(rule["metric"])
        limit = rule["limit"]
        need(isinstance(limit, dict) and set(limit) == {"min", "max", "equals"}, "a limit")
        need(all(isinstance(text, str) for text in limit.values()), "a limit")
        ends = [text for text in (limit["min"], limit["max"]) if text]
        need(bool(ends) != bool(limit["equals"]) and all(map(NUMBER.fullmatch, ends)), "a limit")
    need(len({rule["id"] for rule in rules}) == len(rules), "an id twice")
    return policy


def same_as(body: dict[str, Any], data: bytes) -> None:
    """Refuse evidence that says something else than its entry."""
    try:
        value = evidence_of(data)
    except Unread:
        return
    if not isinstance(value, dict) or value.get("format") != "countersign-evidence/1":
        return
    try:
        key, rows = value["key"], value["rows"]
        tables = [
            item["digest"]
            for item in key["inputs"]
            if item["role"] not in {"model", "candidate", "observation", "challenge"}
        ]
        inputs = [{name: item[name] for name in item if name != "name"} for item in key["inputs"]]
        named = digest(rfc8785.dumps(key | {"inputs": inputs}))
        said = (named, key["method"], key["method_version"], model_of(value), tables, rows["used"], rows["total"])
        outcome = "not_assessed" if value["result"].get("outcome") == "not_assessed" else "assessed"
    except (KeyError, TypeError, AttributeError, rfc8785.CanonicalizationError) as error:
        raise Bad(f"evidence that cannot be read: {error!r}") from error
    names = ("key", "method", "method_version", "model", "data", "rows_used", "rows_total")
    told = tuple(body[name] for name in names)
    need(
        rfc8785.dumps(said) == rfc8785.dumps(told) and outcome == body["outcome"],
        "evidence says something else than its entry",
    )


def model_of(evidence: dict[str, Any]) -> str | None:
    """The first input with the role `model`."""
    return next((item["digest"] for item in evidence["key"]["inputs"] if item["role"] == "model"), None)


def _folded(name: str) -> str:
    return re.sub(r"[. ]+(?=/|$)", "", name).casefold()


def unwrapped(export: Path) -> dict[str, bytes]:
    """The files of an export without the one folder that may wrap them; no programs but the verifier's own."""
    files = read(export)
    if "checkpoint" not in files and len({name.split("/")[0] for name in files}) == 1:
        files = {name.partition("/")[2]: data for name, data in files.items()}
    for name in files:
        ending = re.search(r"\.[^.]*[. ]*$", name.lower())
        program = ending and PROGRAMS.fullmatch(ending[0])
        need(not program or re.fullmatch(r"verify(_[a-z]+)?\.py", name), f"the program {name}")
        top = name.split("/")[0]
        need(top in OF_RECORD or _folded(top) not in OF_RECORD, f"written otherwise: {name}")
    need(len(set(map(_folded, files))) == len(files), "two names that some machines take for one")
    return files


def read(export: Path) -> dict[str, bytes]:
    """The files of an export by name, from a folder or a .zip."""
    files: dict[str, bytes] = {}
    if export.is_dir():
        total = 0
        for path in sorted(export.rglob("*")):
            need(path.resolve().is_relative_to(export.resolve()), f"a link out of the export: {path.name}")
            if path.is_file():
                total += path.stat().st_size
                need(total <= MOST_BYTES and len(files) < MOST_FILES, "too large")
                files[path.relative_to(export).as_posix()] = path.read_bytes()
        return files
    try:
        with zipfile.ZipFile(export) as archive:
            infos = archive.infolist()
            need(len(infos) <= MOST_FILES and sum(info.file_size for info in infos) <= MOST_BYTES, "too large")
            for info in infos:
                name = info.filename
                plain = (
                    not name.startswith("/")
                    and "\\" not in name
                    and ":" not in name
                    and not {"", "..", "."} & set(name.rstrip("/").split("/"))
                )
                need(
                    plain and name not in files and not stat.S_ISLNK(info.external_attr >> 16),
                    f"a name in the .zip: {name}",
                )
                if not info.is_dir():
                    files[name] = archive.read(info)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise Bad(f"not a .zip that can be read: {error}") from error
    return files
