"""Check an export of a review board's ledger, with nothing but Python and the `cryptography` package.

    python -I verify.py EXPORT --trust TRUST.json [--old CHECKPOINT]... [--json]

EXPORT is the folder or .zip that you were given. TRUST.json came to you on another way than the export: it names the ledger, its
keys and its witnesses. CHECKPOINT is one that you kept from an earlier visit. Exit code 0: valid; 1: not valid; 2: wrong use; 3: this
verifier or this export is too old to say. The numbered steps are those of `examine` near the end of this file; start reading there.
verify_table.py says what an entry looks like, verify_rules.py holds the board's rules, verify_files.py reads the export.
"""

import sys

if not __package__:  # run as a script: nothing that lies in this folder is imported by its name, whatever it is called
    own = __name__ == "__main__" and not sys.flags.safe_path
    del sys.path[: int(own)]  # where Python found this file, or the folder in which it was started
    HERE = __file__.replace("\\", "/").rpartition("/")[0]
    sys.path[:] = [place for place in sys.path if place.replace("\\", "/").rstrip("/") not in (HERE, ".", "")]

import argparse
import base64
import gc
import json
import os
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

PARTS = (
    "verify_table",
    "verify_fields",
    "verify_votes",
    "verify_norms",
    "verify_rules",
    "verify_files",
    "verify_gate",
    "verify_checkpoint",
    "verify_ledger",
)
if not __package__:
    os.environ["PYTHONSAFEPATH"] = "1"  # for the processes that check signatures
    for part in PARTS:
        source = Path(HERE, f"{part}.py")  # from its source beside this file, never from a cache
        module = sys.modules[part] = ModuleType(part)
        exec(compile(source.read_bytes(), source, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - a part of this program

if __package__:
    from governance.dossier.verify_checkpoint import open_checkpoint, proof, root_of_first, tree
    from governance.dossier.verify_fields import OF_TRUST, Newer, Refused, b64, check_fields, need, read_json, sha256
    from governance.dossier.verify_files import check_copies, check_evidence, check_texts, check_timestamp, files
    from governance.dossier.verify_gate import check_gate
    from governance.dossier.verify_ledger import FAULTS, Ledger, reason, walk
    from governance.dossier.verify_norms import check_automatic, check_norms, check_served
    from governance.dossier.verify_table import TRUST
else:
    from verify_checkpoint import open_checkpoint, proof, root_of_first, tree  # type: ignore[import-not-found,no-redef]
    from verify_fields import OF_TRUST, Newer, Refused, b64, check_fields, need, read_json, sha256  # type: ignore[import-not-found,no-redef]
    from verify_files import check_copies, check_evidence, check_texts, check_timestamp, files  # type: ignore[import-not-found,no-redef]
    from verify_gate import check_gate  # type: ignore[import-not-found,no-redef]
    from verify_ledger import FAULTS, Ledger, reason, walk  # type: ignore[import-not-found,no-redef]
    from verify_norms import check_automatic, check_norms, check_served  # type: ignore[import-not-found,no-redef]
    from verify_table import TRUST  # type: ignore[import-not-found,no-redef]

NOT_PROVED = (
    "that the numbers in the evidence are right, or that the data are like the people whom the model will meet",
    "that the persons behind the keys are who they say they are, and acted freely",
    "that a member named in an entry that the service signed asked for it: only a member's own key shows that",
    "that the recording machine's clock was right: times are its word, in order",
    "that nothing happened which was never recorded",
    "that the model in use is the one that was reviewed: compare its SHA-256",
)


def check_lines(inside: Any, ledger: Ledger, size: int, notes: list[str]) -> tuple[list[bytes], list[int], list[bytes]]:
    """Return lines, indexes and the leaf hashes of the whole ledger, each present line held against its hash."""
    content = inside["ledger.intoto.jsonl"]()
    need(content.endswith(b"\n"), "the last line has no end")
    lines = content[:-1].split(b"\n")
    indexes = walk(lines, ledger)
    leaves = [sha256(b"\0", line) for line in lines]
    if ledger.whole:
        need(len(lines) == size, f"the checkpoint covers {size} entries, {len(lines)} are here", min(len(lines), size))
        return lines, indexes, leaves
    need(len(ledger.board.cases) == 1, f"it has leaves, as the export of one case, and holds {len(ledger.board.cases)}")
    mine, leaves = leaves, [leaf for (leaf,) in struct.iter_unpack("32s", inside["leaves"]())]
    need(len(leaves) == size, f"the checkpoint covers {size} entries, {len(leaves)} hashes are here")
    for index, leaf in zip(indexes, mine, strict=True):
        need(index < size and leaves[index] == leaf, "it is not the line whose hash stands at its place", index)
    notes.append(f"entries of other cases, and remarks on entries: {len(lines)} of {size} are here")
    last = max(ledger.last[case] for case in ledger.board.cases)
    notes.append(
        "that no entry of this case, or about keys, members, charter, rules and alerts of its models, is left out: each names the "
        f"one before it, so up to entry {last}, the last of the case, none is, unless whoever signed a later entry lied; the whole "
        "ledger shows that"
    )
    if last + 1 < size:
        notes.append(
            f"entries {last + 1} to {size - 1}: a later decision about this case, or an alert that suspends it, could be among "
            f"them; a change of keys, members or charter only from entry {indexes[-1] + 1} on"
        )
    return lines, indexes, leaves


def check_older(old: list[Path], trust: dict[str, Any], size: int, leaves: list[bytes]) -> None:
    """Hold the lines against checkpoints that the auditor kept."""
    for path in old:
        before, earlier, _ = open_checkpoint(path.read_bytes(), trust, 0)
        if before > size:
            raise Newer(
                f"the checkpoint that you hold covers {before} entries, this export {size}: it is newer than this export; ask for a "
                "fresh one, and if that does not reach it either, entries were cut off"
            )
        same = tree(leaves[:before])[-1] == [earlier]
        need(same, f"history was rewritten: among the first {before} entries, one is another")


def examine(export: Path, trust: dict[str, Any], old: list[Path], answer: dict[str, Any], notes: list[str]) -> None:
    """Fill in the answer about a valid export, or refuse; `notes` collects what was not checked."""
    # 1. Trust is pinned by the caller: origin, checkpoint keys, witnesses, root keys. Nothing in the export can change it.
    # 2. The checkpoint: signed by a trusted key, about this ledger, cosigned by enough witnesses.
    inside = files(export)
    note = inside["checkpoint"]()
    size, root, signers = open_checkpoint(note, trust, trust["min_witnesses"])
    need(size, "the checkpoint covers no entries: an empty ledger shows nothing")
    answer["checkpoint"] = {"size": size, "root": base64.b64encode(root).decode()}
    # 3. to 5. The lines: fields, place, links, key and signer of each entry, the board's rules, signatures, leaf hashes.
    ledger = Ledger(trust, whole="leaves" not in inside)
    lines, indexes, leaves = check_lines(inside, ledger, size, notes)
    live = {public[-32:] for _, purpose, public in ledger.keys.values() if purpose == "log"}
    need(signers & live, "the checkpoint is signed with a key that the ledger never named, or has revoked")
    # 6. The root over all hashes; the same lines under each older checkpoint that the auditor kept.
    levels = tree(leaves)
    need(levels[-1] == [root], "the lines do not lead to the root of the checkpoint: something in them was changed")
    check_older(old, trust, size, leaves)
    for index, covered, said in ledger.board.exports:
        need(b64(said.encode()) == root_of_first(levels, covered), "an export with this root was never made", index)
    # 7. Proofs, evidence, texts, bundles, the time stamp.
    for index in [] if ledger.whole else indexes:
        shown = inside.get(f"proofs/{index}.tlog-proof", bytes)()
        need(shown == proof(levels, index, note), "its proof is missing or another", index)
    wanted = set() if ledger.whole else {f"proofs/{index}.tlog-proof" for index in indexes}
    there = {name for name in inside if name.startswith("proofs/")}
    need(there <= wanted, "there is a proof of an entry that is not here")
    at = dict(zip(indexes, lines, strict=True))
    cases = ledger.board.cases
    check_evidence(inside, ledger.named, ledger.board, notes)
    check_gate(inside, ledger.board.frozen, notes)
    check_norms(inside, ledger.board.accusing)
    check_served(inside, ledger.board.differing)
    check_automatic(inside, ledger.board.suspending, notes)
    check_texts(inside, ledger.texts, ledger.board.printed, notes)
    check_copies(inside, {name: at[case.decided] for name, case in cases.items() if case.decided is not None}, notes)
    if "checkpoint.tsr" in inside:
        check_timestamp(inside["checkpoint.tsr"](), note, notes)
    # 8. What was not asked.
    if worded := ledger.board.worded:
        named = ", ".join(map(str, worded[:5])) + (" ..." if len(worded) > 5 else "")
        notes.append(
            f"reason, scope, dates and added conditions of the decision in entry {named}: no member signed them; the votes cover the "
            "case, the evidence and their own conditions"
        )
    if not old:
        notes.append("older checkpoints: none was given, so whoever holds all keys could have rewritten the history")
    if not trust["witness_vkeys"]:
        notes.append("witnesses: none is trusted")
    states = {name: case.status for name, case in cases.items()}
    answer |= {
        "valid": True,
        "whole": ledger.whole,
        "entries": ledger.taken,
        "decisions": ledger.board.decisions,
        "cases": states,
    }


def verify(export: Path, trust: Path, old: list[Path]) -> dict[str, Any]:
    """Return the answer as a JSON object; it is never an exception, whatever the export holds."""
    notes: list[str] = []
    answer: dict[str, Any] = {"valid": False, "newer": False, "whole": False, "checkpoint": None}
    answer |= {"entries": 0, "decisions": 0, "cases": {}, "first_bad": None, "reason": ""}
    try:
        pinned = read_json(trust.read_bytes())
        check_fields(pinned, OF_TRUST, TRUST, "the trust file")
        enough = pinned["min_witnesses"] <= len(pinned["witness_vkeys"])
        need(enough, "the trust file asks for more witnesses than it names")
        examine(export, pinned, old, answer, notes)
    except (Refused, *FAULTS) as error:
        answer |= {"valid": False, "newer": isinstance(error, Newer)}
        answer |= {"first_bad": getattr(error, "index", None), "reason": reason(error)}
    left = notes if answer["valid"] else ["anything beyond the first fault"]
    answer["reason"] = shown(answer["reason"])
    return answer | {"not_checked": [shown(note) for note in left], "not_proved": list(NOT_PROVED)}


def shown(text: str) -> str:
    """Return text as it may be printed: what an export calls its files moves no cursor, adds no line and hides nothing."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def words(answer: dict[str, Any]) -> str:
    """Return the answer for people."""
    where = "" if answer["first_bad"] is None else f" First bad entry: {answer['first_bad']}."
    if answer["newer"]:
        where = where.replace("First bad", "Not understood")
    said = [f"{'CANNOT TELL' if answer['newer'] else 'NOT VALID'}.{where} Reason: {answer['reason']}."]
    if answer["valid"]:
        scope = "of the whole ledger" if answer["whole"] else "of a part of the ledger"
        rules = "the board's rules were recomputed from them, but for what is named below as not checked"
        said = [f"VALID: {answer['entries']} entries {scope}, {answer['decisions']} decisions; {rules}."]
        said += [f"  case {name}: {status.replace('_', ' ')}" for name, status in answer["cases"].items()]
    if answer["checkpoint"]:
        said += [f"  checkpoint: {answer['checkpoint']['size']} entries, root {answer['checkpoint']['root']}"]
    said += ["", "Not checked:", *(f"  - {item}" for item in answer["not_checked"])]
    said += ["", "A valid result does not prove:", *(f"  - {item}" for item in answer["not_proved"]), ""]
    return "\n".join(said)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Check an export of a review board's ledger.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--trust", type=Path, required=True)
    parser.add_argument("--old", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    for path in (chosen.export, chosen.trust, *chosen.old):
        if not path.exists():
            parser.error(f"there is no {path}")
    answer = verify(chosen.export, chosen.trust, chosen.old)
    text = json.dumps(answer, indent=2) if chosen.json else words(answer)
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode() + "\n")
    return 0 if answer["valid"] else 3 if answer["newer"] else 1


if __name__ == "__main__":
    gc.disable()  # nothing here refers to itself, and looking for what does takes a tenth of the time
    sys.exit(main())
