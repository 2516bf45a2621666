"""Many people at once on the demonstration: raw websocket sessions that go from page to page, without browsers in between.

Run: python -m benchmarks.bench_visitors [seconds of each step] [minutes of the long one]     (defaults 30 and 10)

Each session opens Streamlit's websocket as a browser does, asks for a page, waits until the script has drawn it, thinks for a moment and
asks for the next. Printed are the seconds from asking to drawn (median and 95th percentile), and what the page process holds: memory
and open files before the first session, during the long step, and after all of them have left. A last step asks two page processes on
the same workspace behind one address, where each session stays with its process. Loopback only; it stops by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.outcome import tell
from tests.e2e.driving import RunningApp, free_port

PAGES: Final = ("", "fairness", "performance", "drift", "explanations", "models", "cases", "case", "ledger")
"""What a session goes through, in an order of its own."""
STEPS: Final = ((10, None), (20, 1.0), (40, 3.0))
"""How many sessions at once, and the target of their 95th percentile in seconds."""
LONG: Final = 10
"""Sessions of the long step, which looks for growth."""
GUEST: Final = "Guest analyst"
"""The name at the gate that needs no passphrase."""
THINKS: Final = 3.0
"""Seconds between a drawn page and the next question, on average."""
FIRST: Final = THINKS * len(PAGES)
"""Seconds in which one session sees about each page."""
KEPT: Final = 130.0
"""Seconds after which Streamlit has forgotten a session that left; it keeps one for two minutes, in case that it comes back."""
PATIENCE: Final = 120.0
"""Seconds after which a page counts as not drawn."""


@dataclass
class Visitor:
    """One session; `took` holds the seconds of its visits, `failed` what went wrong, `drawn` the fewest elements of a page."""

    address: str
    seed: int
    took: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    drawn: int = sys.maxsize

    def walk(self, until: float) -> None:
        """Come in as a guest and go from page to page, to one at least, until the moment `until` of the monotonic clock."""
        chance = random.Random(self.seed)
        order = chance.sample(PAGES, len(PAGES))
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        with connect(
            stream, origin=Origin(self.address), subprotocols=[Subprotocol("streamlit")], max_size=None
        ) as socket:
            hashes = self._come_in(socket)
            while not self.took or time.monotonic() < until:
                page = order.pop(0)
                order.append(page)
                begun = time.monotonic()
                try:
                    self.drawn = min(self.drawn, len(ask(socket, hashes[page]).elements))
                except (TimeoutError, RuntimeError) as error:
                    self.failed.append(f"{page or 'home'}: {error}")
                self.took.append(time.monotonic() - begun)
                time.sleep(min(chance.expovariate(1 / THINKS), max(0.0, until - time.monotonic())))

    @staticmethod
    def _come_in(socket: ClientConnection) -> Mapping[str, str]:
        """Choose the guest's name at the gate and come in; return the mark of each page by its address."""
        gate = ask(socket, "")
        name = next(item.selectbox.id for item in gate.elements if GUEST in item.selectbox.options)
        chosen = WidgetState(id=name, string_value=GUEST)
        again = ask(socket, "", chosen)
        pressed = next(item.button.id for item in again.elements if item.button.label == "Come in")
        ask(socket, "", chosen, WidgetState(id=pressed, trigger_value=True))
        return gate.pages


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of one run of a page's script."""

    elements: list[Element]
    pages: Mapping[str, str]


def ask(socket: ClientConnection, page: str, *widgets: WidgetState) -> Drawn:
    """Ask for a page by its mark and wait until its script has ended.

    Raises:
        RuntimeError: the page shows an exception.
        TimeoutError: it is not drawn within `PATIENCE`.
    """
    question = BackMsg()
    question.rerun_script.page_script_hash = page
    question.rerun_script.widget_states.widgets.extend(widgets)
    socket.send(question.SerializeToString())
    elements: list[Element] = []
    pages: dict[str, str] = {}
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(cast("bytes", socket.recv(timeout=deadline - time.monotonic(), decode=False)))
        kind = answer.WhichOneof("type")
        if kind == "delta" and answer.delta.HasField("new_element"):
            elements.append(answer.delta.new_element)
            if elements[-1].HasField("exception"):
                raise RuntimeError(elements[-1].exception.message)
        elif kind == "navigation":
            pages = {item.url_pathname: item.page_script_hash for item in answer.navigation.app_pages}
        elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return Drawn(elements, pages)


def together(address: str, sessions: int, seconds: float) -> list[Visitor]:
    """Let so many sessions walk for so long."""
    visitors = [Visitor(address, seed) for seed in range(sessions)]
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(sessions) as pool:
        for done in [pool.submit(visitor.walk, until) for visitor in visitors]:
            done.result()
    return visitors


@dataclass(frozen=True, slots=True)
class Held:
    """What the page process holds."""

    megabytes: float
    files: int
    threads: int


def held(process: psutil.Process) -> Held:
    """Return what it holds now."""
    return Held(process.memory_info().rss / 1e6, process.num_fds(), process.num_threads())


def page_process(app: RunningApp) -> psutil.Process:
    """Return the process that listens."""
    for found in psutil.Process(os.getpid()).children(recursive=True):
        if any(item.laddr and item.laddr.port == app.port for item in found.net_connections("inet")):
            return found
    raise AssertionError(f"nothing listens on {app.port}")


@contextmanager
def one_address(apps: Sequence[RunningApp]) -> Iterator[str]:
    """Give one address in front of several page processes: each connection is handed to the next process and stays there.

    A proxy that keeps a browser with its process does the same; see the guide for boards on several machines.
    """
    port, turn, open_until = free_port(), itertools.cycle(apps), asyncio.new_event_loop()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, answer = await asyncio.open_connection("127.0.0.1", next(turn).port)
        await asyncio.gather(_pass_on(reader, answer), _pass_on(there, writer))

    open_until.run_until_complete(asyncio.start_server(forward, "127.0.0.1", port))
    threading.Thread(target=open_until.run_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    open_until.call_soon_threadsafe(open_until.stop)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await source.read(1 << 16):
            target.write(part)
            await target.drain()
    target.close()


def step(apps: Sequence[RunningApp], sessions: int, seconds: float, target: float | None) -> None:
    """Print how long so many sessions wait, and what a visit costs the page processes."""
    address = one_address(apps) if len(apps) > 1 else nullcontext(apps[0].address)
    spent = -sum(busy(app) for app in apps)
    with address as there:
        visitors = together(there, sessions, seconds)
    spent += sum(busy(app) for app in apps)
    took = [second for visitor in visitors for second in visitor.took]
    failed = [words for visitor in visitors for words in visitor.failed]
    middle, late = np.percentile(took, [50, 95])
    fewest = min(visitor.drawn for visitor in visitors)
    print(
        f"{sessions:3} sessions  {len(took):5} visits  {len(took) / seconds:5.1f} a second  p50 {middle:6.2f} s  p95 {late:6.2f} s  "
        f"at least {fewest} elements a page  failed {len(failed)}{' ' + failed[0] if failed else ''}  "
        f"{1000 * spent / len(took):.0f} ms of processor a visit"
    )
    behind = "" if len(apps) == 1 else f", {len(apps)} processes"
    tell(f"95 of 100 pages, {sessions} sessions{behind}", float(late), unit="s", target=target)
    tell(f"processor of a visit, {sessions} sessions{behind}", 1000 * spent / len(took), unit="ms")


def busy(app: RunningApp) -> float:
    """Return the seconds of processor that a page process has taken so far."""
    spent = page_process(app).cpu_times()
    return float(spent.user + spent.system)


def growth(app: RunningApp, seconds: float, before: Held) -> None:
    """Print what the page process holds in the middle and at the end of the long step and once everybody has left."""
    process = page_process(app)
    seen = [before]
    watcher = threading.Timer(seconds / 2, lambda: seen.append(held(process)))
    watcher.start()
    together(app.address, LONG, seconds)
    watcher.join()
    seen.append(held(process))
    time.sleep(KEPT * min(1.0, seconds / KEPT))
    together(
        app.address, 1, FIRST * min(1.0, seconds / KEPT)
    )  # what nobody holds any more goes when somebody is at work
    seen.append(held(process))
    for name, item in zip(("before", "in the middle", "at the end", "when all have left"), seen, strict=True):
        print(f"  {name:20} {item.megabytes:7.0f} MB {item.files:5} files {item.threads:4} threads")
    more = seen[2].megabytes - seen[1].megabytes
    tell(f"growth in the second half, {LONG} sessions, {seconds / 60:.0f} min", more, unit="MB", target=20)
    tell("memory left when all have gone", seen[3].megabytes - before.megabytes, unit="MB")
    tell("open files left when all have gone", seen[3].files - before.files, unit="")


def main() -> None:
    """Print the steps."""
    from governance.workflow.demo import build

    os.environ["COUNTERSIGN_HOSTS"] = "127.0.0.1"  # as `serve --host`: the address in front has a port of its own
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    with tempfile.TemporaryDirectory(prefix="countersign-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        build(folder / "demo").close()
        apps = [RunningApp(folder / "demo", folder / "demo.log").start()]
        try:
            together(apps[0].address, 1, FIRST)  # each page once: what the first visitor of all pays
            before = held(page_process(apps[0]))
            for sessions, target in STEPS:
                step(apps, sessions, seconds, target)
            growth(apps[0], minutes * 60, before)
            apps.append(RunningApp(folder / "demo", folder / "second.log").start())
            together(apps[1].address, 1, FIRST)
            for sessions, _ in STEPS:
                step(apps, sessions, seconds, None)
        finally:
            for app in apps:
                app.kill()


if __name__ == "__main__":
    main()
