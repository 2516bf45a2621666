"""The copies for people of one case, made from the workspace as it stands: model card, report, bill of materials, index of clauses."""

from __future__ import annotations

from collections.abc import Callable

from governance.dossier import ReadLine, dossiers, read_lines
from governance.dossier.copies import copies
from governance.dossier.model_card import model_card
from governance.evidence import Evidence
from governance.language import Language, Voice
from governance.workflow.workspace import state
from storage import Workspace


def card(workspace: Workspace, case: str, mark: Callable[[str], str]) -> str:
    """Return the model card of a case as Markdown; `mark` escapes texts for where it is shown.

    Raises:
        RuleError: there is no such case.
    """
    lines, texts, evidence = _ground(workspace, case)
    found = {digest: Evidence.from_bytes(data) for digest, data in evidence.items()}
    return model_card(dossiers(lines, texts, case)[0], found, mark).decode()


def papers(workspace: Workspace, case: str, language: Language = "en") -> dict[str, bytes]:
    """Return path -> bytes of every copy for people of a case, reports in a language; none of them is the record.

    Raises:
        RuleError: there is no such case.
    """
    return copies(*_ground(workspace, case), case, voice=Voice(language))


def _ground(workspace: Workspace, case: str) -> tuple[tuple[ReadLine, ...], dict[str, str], dict[str, bytes]]:
    """Return what the lines of the ledger say, its texts by digest, and the frozen evidence of a case as far as it is stored here."""
    view = workspace.read()
    frozen = state(workspace).case(case).frozen
    blobs, items = workspace.blobs, frozen.evidence if frozen else ()
    evidence = {item.digest: blobs.read(item.digest) for item in items if blobs.has(item.digest)}
    lines = read_lines(view.lines())
    named = {digest for line in lines for digest in line.named}
    return lines, {digest: item.text for digest, item in view.texts(named).items()}, evidence
