"""Capture the answers of a server to challenge rows: every request, in the order in which it was sent, with what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import CountersignError, Progress, RefusedInputError, sha256, silent
from governance.models import OnnxPredictor, parse_model, without_zipmap
from governance.remote import Claims, Client, Endpoint, Line, LineError, Secrets, UnusableError
from governance.serving import OK, UNUSABLE, AnswersHead, Challenge, columns_of, from_table, with_head
from governance.subject import Signature

if TYPE_CHECKING:
    import pyarrow as pa

UNREACHABLE: Final = "unreachable"
_IN_VAIN: Final = 5
"""After so many requests in a row without an answer nobody is there: the rest is not sent."""
_MOST_ROWS: Final = 2000
"""Rows of one request; a longer challenge is sent in parts, in turns."""
_MOST_REQUESTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class AnswersJob:
    """What is asked, where, and how often."""

    model: str
    """Path of the approved model."""
    digest: str
    """Digest of it."""
    signature: Signature
    challenge: str
    """Path of the rows (Arrow)."""
    out: str
    """Path of the observation that is written."""
    endpoint: Endpoint
    secrets: Secrets = field(default_factory=Secrets)
    place: str = ""
    """Id of the deployment; "" for the host and port of the endpoint."""
    committed: int | None = None
    """Entry of the ledger that names the rows."""
    requests: int = 300
    rate: float = 20.0
    """Requests a second; 0 for one after the other without a pause."""
    seconds: float = 10.0
    """Deadline of one request."""
    seed: int = 0
    """Order of the rows in each request."""

    def __post_init__(self) -> None:
        if not 1 <= self.requests <= _MOST_REQUESTS:
            raise RefusedInputError(
                f"{self.requests} requests, expected 1 to {_MOST_REQUESTS:,}.", "Give --requests 300."
            )
        if not 0 <= self.rate <= 10_000:
            raise RefusedInputError(f"{self.rate} requests a second, expected 0 to 10,000.", "Give --rate 20.")
        if not 0 < self.seconds <= 600:
            raise RefusedInputError(
                f"A deadline of {self.seconds} s, expected above 0 and at most 600.", "Give --deadline 10."
            )

    @property
    def longest(self) -> float:
        """Seconds after which the whole capture is ended from outside."""
        return 60 + self.requests * (self.seconds + (1 / self.rate if self.rate else 0))


@dataclass(slots=True)
class _Rows:
    """Columns of the observation while it grows."""

    k: int
    columns: dict[str, list[Any]]
    pin: str = ""

    @classmethod
    def of(cls, signature: Signature) -> _Rows:
        return cls(max(1, len(signature.classes)), {name: [] for name in columns_of(signature)})

    def add(
        self, request: int, rows: NDArray[np.int64], times: tuple[int, int], found: _Found | CountersignError
    ) -> None:
        """Add the rows of one request, or one row that says why there are none."""
        count = len(rows) if isinstance(found, _Found) else 1
        said = {
            "request": [request] * count,
            "row": rows.tolist() if isinstance(found, _Found) else [-1],
            "sent_ns": [times[0]] * count,
            "done_ns": [times[1]] * count,
            "status": [
                OK if isinstance(found, _Found) else UNUSABLE if isinstance(found, UnusableError) else UNREACHABLE
            ]
            * count,
            "reason": ["" if isinstance(found, _Found) else found.what] * count,
            "label": found.label if isinstance(found, _Found) and found.label is not None else [None] * count,
        }
        for name, values in said.items():
            self.columns[name] += values
        for at in range(self.k):
            score = found.score if isinstance(found, _Found) else None
            self.columns[f"score_{at}"] += [None] * count if score is None else score[:, at].tolist()

    def table(self, signature: Signature) -> pa.Table:
        import pyarrow as pa

        kinds = {"int32": pa.int32(), "int64": pa.int64(), "string": pa.string(), "double": pa.float64()}
        wanted = columns_of(signature)
        return pa.table({name: pa.array(values, kinds[wanted[name]]) for name, values in self.columns.items()})


@dataclass(frozen=True, slots=True)
class _Found:
    """One usable answer."""

    label: list[str] | None
    score: NDArray[np.float64] | None


def capture(
    job: AnswersJob,
    *,
    progress: Progress = silent,
    clock: Callable[[], int] = time.perf_counter_ns,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Send the requests and write what came of them.

    Raises:
        RefusedInputError: the files are not those that the job names.
    """
    from pyarrow import feather

    predictor = OnnxPredictor(Path(job.model), job.signature, job.digest)
    table = feather.read_table(job.challenge)
    rows = from_table(table, job.signature.columns)
    client = Client(Line(job.endpoint, job.secrets, job.seconds))
    asking = _Asking(job, predictor, rows, client, _scores_name(predictor))
    started = moment()
    claims = asking.claims()
    found = asking.all(progress, clock, sleep)
    head = AnswersHead(
        model=job.digest,
        challenge=sha256(Path(job.challenge).read_bytes()),
        place=job.place or job.endpoint.place,
        protocol="rest",
        served_as=job.endpoint.model,
        requests=len(set(found.columns["request"])),
        started=started,
        ended=moment(),
        seed=job.seed,
        pin=found.pin,
        claimed_name=claims.name,
        claimed_version=claims.version,
        claimed_platform=claims.platform,
        committed=job.committed,
    )
    feather.write_feather(with_head(found.table(job.signature), head), job.out, compression="uncompressed")


def moment() -> str:
    """Return the time by the clock of this machine, RFC 3339 in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _scores_name(predictor: OnnxPredictor) -> str:
    """Return the name of the tensor with the scores, before they are wrapped into maps."""
    return without_zipmap(parse_model(predictor.file), predictor.signature)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One round of requests."""

    job: AnswersJob
    predictor: OnnxPredictor
    rows: Challenge
    client: Client
    scores: str

    def claims(self) -> Claims:
        """Return what the server says of itself; nothing when it does not say it."""
        try:
            return self.client.claims()
        except (LineError, UnusableError):
            return Claims("", "", "", (), ())

    def all(self, progress: Progress, clock: Callable[[], int], sleep: Callable[[float], None]) -> _Rows:
        """Send every request, and stop when nobody answers any more."""
        job, found = self.job, _Rows.of(self.job.signature)
        rng = np.random.default_rng(job.seed)
        parts = np.array_split(np.arange(len(self.rows)), -(-len(self.rows) // _MOST_ROWS))
        begun, in_vain = clock(), 0
        for request in range(job.requests):
            due = begun + int(request * 1e9 / job.rate) if job.rate else 0
            if due > clock():
                sleep((due - clock()) / 1e9)
            asked = rng.permutation(parts[request % len(parts)])
            sent = clock()
            answer = self._one(asked, request, found)
            found.add(request, asked, (sent - begun, clock() - begun), answer)
            in_vain = in_vain + 1 if isinstance(answer, LineError) else 0
            progress(request + 1, job.requests, "asking the server")
            if in_vain >= _IN_VAIN:
                break
        return found

    def _one(self, asked: NDArray[np.int64], request: int, found: _Rows) -> _Found | LineError | UnusableError:
        feeds = self.predictor.feeds(self.rows.frame.iloc[asked])
        try:
            outputs, pin = self.client.infer(feeds, len(asked), request)
            found.pin = found.pin or pin
            return self._read(outputs, len(asked))
        except (LineError, UnusableError) as error:
            return error

    def _read(self, outputs: dict[str, NDArray[np.generic]], n: int) -> _Found:
        signature = self.job.signature
        value = outputs.get(self.scores or signature.score_output, outputs.get(signature.score_output or ""))
        label = outputs.get(signature.label_output) if signature.label_output else None
        if not signature.classes:
            value, label = label, None
        if value is None and label is None:
            wanted = " or ".join(repr(item) for item in (signature.label_output, self.scores) if item)
            raise UnusableError(f"the answer has the outputs {', '.join(sorted(outputs))[:100]}, expected {wanted}", "")
        score = None if value is None else _scores(value, n, max(1, len(signature.classes)))
        return _Found(None if label is None else _labels(label, signature.classes, n), score)


def _scores(value: NDArray[np.generic], n: int, k: int) -> NDArray[np.float64]:
    """Return scores as (n, k); one probability for two classes becomes both, as the model's own is read."""
    if value.dtype == object:
        raise UnusableError("the scores are texts", "")
    score = value.astype(np.float64)
    if k == 2 and score.shape in ((n,), (n, 1)):
        return np.hstack([1 - score.reshape(n, 1), score.reshape(n, 1)])
    if score.size != n * k:
        raise UnusableError(f"the scores have the shape {list(score.shape)}, expected {[n, k]}", "")
    return score.reshape(n, k)


def _labels(found: NDArray[np.generic], classes: tuple[str, ...], n: int) -> list[str]:
    """Return labels as the classes write them; one that is none of them stays as it is, cut short."""
    if found.size != n:
        raise UnusableError(f"there are {found.size} labels for {n} rows", "")
    numbers = {number: name for name in classes if (number := _number(name)) is not None}
    flat = found.ravel().tolist()
    return [item[:200] if isinstance(item, str) else numbers.get(float(item), str(item)) for item in flat]


def _number(name: str) -> float | None:
    if name in ("False", "True"):
        return float(name == "True")
    try:
        return float(name)
    except ValueError:
        return None
