"""Questions of the Open Inference Protocol over REST: what is served, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.remote.rest_line import Answer, Line, LineError, UnusableError, said
from governance.remote.tensors import outputs_of, parsed, written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BUSY = frozenset({408, 429, 502, 503, 504})
"""Answers that say that nobody is there to answer; they say nothing about the model."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a server says of itself; recorded, never believed."""

    name: str
    version: str
    """Versions that it names, joined."""
    platform: str
    inputs: tuple[str, ...]
    """Names of the inputs; () where the server names none."""
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """One model at one server, asked over REST."""

    line: Line

    def claims(self) -> Claims:
        """Return what the server says of the model.

        Raises:
            LineError: no answer; UnusableError: one that is none.
        """
        found = _object(self.line.ask("GET", self.line.endpoint.path))
        versions = found.get("versions")
        return Claims(
            name=said(found.get("name", ""))[:200],
            version=said(", ".join(map(str, versions)) if isinstance(versions, list) else "")[:200],
            platform=said(found.get("platform", ""))[:200],
            inputs=_names(found.get("inputs")),
            outputs=_names(found.get("outputs")),
        )

    def infer(
        self, feeds: Mapping[str, NDArray[np.generic]], rows: int, number: int = 0
    ) -> tuple[dict[str, NDArray[np.generic]], str]:
        """Return the outputs for some rows, and the digest of the key that the server showed.

        Args:
            feeds: name of each input -> tensor.
            rows: how many rows they hold.
            number: of this request; an answer to another one is refused.

        Raises:
            LineError: no answer, or a server that says that it is busy.
            UnusableError: an answer to another request, about another model, or that is no tensor.
        """
        wanted = f"countersign-{number}"
        answer = self.line.ask("POST", f"{self.line.endpoint.path}/infer", _body(wanted, feeds))
        found = _object(answer)
        self._hold(found, wanted)
        return outputs_of(found, rows), answer.pin

    def _hold(self, found: Mapping[str, Any], wanted: str) -> None:
        endpoint = self.line.endpoint
        for what, name, expected in (
            ("model", "model_name", endpoint.model),
            ("version", "model_version", endpoint.version),
            ("request", "id", wanted),
        ):
            got = found.get(name)
            if expected and got is not None and got not in (expected, ""):
                raise UnusableError(f"the answer is about {what} {said(got)[:60]!r}, {expected!r} was asked", "")


def _body(wanted: str, feeds: Mapping[str, NDArray[np.generic]]) -> bytes:
    tensors = [written(name, values) for name, values in feeds.items()]
    return json.dumps({"id": wanted, "inputs": tensors}, allow_nan=False, separators=(",", ":")).encode("ascii")


def _object(answer: Answer) -> Mapping[str, Any]:
    if 300 <= answer.status < 400:
        raise UnusableError(f"answer {answer.status}: it leads elsewhere, which is not followed", "")
    if answer.status in _BUSY:
        raise LineError(f"answer {answer.status}: the server is busy or not ready", "")
    if answer.status != 200:
        raise UnusableError(f"answer {answer.status}: {_complaint(answer.body)}", "")
    return parsed(answer.body)


def _complaint(body: bytes) -> str:
    """Return a server's complaint, cut short."""
    try:
        found = parsed(body).get("error", "")
    except UnusableError:
        found = ""
    return said(found) or "it does not say why"


def _names(listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list):
        return ()
    return tuple(said(item.get("name"))[:200] for item in listed if isinstance(item, dict))
