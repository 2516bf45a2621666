"""What a piece of evidence says, in the sentence that its own page begins with."""

from __future__ import annotations

from importlib import import_module

from governance.evidence import CountersignError, Evidence, NotAssessed
from governance.runs import method
from pages._ui.text import plain


def sentence(evidence: Evidence) -> str:
    """Return the finding as markdown; the reason when it was not assessed, the question where only its page can say the answer."""
    try:
        spec = method(evidence.key.method)
        found = evidence.read(spec.result)
    except CountersignError:
        return "This evidence was written by another version of the method; open its account to read it."
    if isinstance(found, NotAssessed):
        return f"Not assessed: {plain(found.reason, 2000)}"
    if not spec.lead:
        return f"It answers: {plain(spec.question)}"
    module, _, name = spec.lead.partition(":")
    said: str = getattr(import_module(module), name)(found, plain)
    return said
