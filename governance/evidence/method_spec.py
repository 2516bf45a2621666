"""The shape of an entry in the catalogue of methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Need = Literal[
    "model",
    "label",
    "sensitive",
    "reference",
    "predictions",
    "reference_predictions",
    "candidate_predictions",
    "attributions",
    "observation",
    "challenge",
]


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """One method that can be run on a subject."""

    id: str
    """Stable name, for example "fairness.by_group"."""
    version: int
    """Raised whenever the same input may give another result."""
    title: str
    """What a person calls it."""
    question: str
    """The question it answers, in plain words."""
    run: str
    """"module:function"; imported only where it runs. Signature: (subject, parameters, *, rng, progress) -> Finding."""
    parameters: type[Any]
    """Frozen dataclass of parameters, every field with a default."""
    result: type[Any]
    """Frozen dataclass of the result; its module must be light to import."""
    needs: tuple[Need, ...] = ()
    """What the subject must offer. "predictions" and the like are computed first when they are missing."""
    optional: tuple[Need, ...] = ()
    """What it may use where the subject offers it. What is neither needed nor optional is not handed over, and is no part of the key."""
    page: str = ""
    """Address of the page that shows its results, as the navigation writes it."""
    lead: str = ""
    """"module:function" that says a result in a sentence or two: (result, escape) -> str; "" where only its page can."""
    lines: str = ""
    """"module:function" that says a result as lines of a report: (result) -> ReportLines; "" where measures by group say it."""
    streams: bool = False
    """Whether the method asks the model itself, chunk by chunk, when no earlier run stored predictions; memory stays flat then."""

    @property
    def uses(self) -> frozenset[Need]:
        """What it needs or may use: all that it is handed, and all that its key names."""
        return frozenset((*self.needs, *self.optional))

    @property
    def uses_model(self) -> bool:
        """Whether it asks the model in force, itself or through what an earlier run stored of it."""
        return bool(self.uses & {"model", "predictions", "reference_predictions", "attributions"})

    @property
    def uses_reference(self) -> bool:
        """Whether it looks at the reference, itself or through the model's answers for it."""
        return bool(self.uses & {"reference", "reference_predictions"})

    @property
    def uses_candidate(self) -> bool:
        """Whether it looks at the answers of another model."""
        return "candidate_predictions" in self.uses
