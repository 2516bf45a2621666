"""Turns: who is next at the workers, and how many are before.

Turns go round: everybody's first question before anybody's second, whoever asked for fifty. The rounds are counted as in start-time
fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) with all work taken as equally long: a question belongs to the round after the last
one of the same person, but to none before the round that was served when it was asked. One more place is kept for whoever has
nothing at work, so that a newcomer does not wait for the long runs of others. What is only prepared is done in small steps while
nobody asks for anything.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import count
from typing import Any, Final, Protocol, TypeVar

from governance.evidence import Cancelled, CountersignError

T = TypeVar("T")

_seen: Final = count()
_PREPARING: Final = "(preparing)"
"""Who asks for what is prepared: no person's id."""


class ClosedError(CountersignError):
    """The workers were closed before the work was done: nobody stopped it, and nothing is wrong with it."""

    def __init__(self) -> None:
        super().__init__("The app was closed while this was being computed.", "Nothing was recorded; ask again.")


class Place(Protocol):
    """Where work is done, one piece at a time: a worker process, or a cluster that looks like one."""

    def run(self, stop: threading.Event, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do the work elsewhere, unless `stop` is set before or meanwhile."""

    def close(self) -> None:
        """End what is being done."""


class Hand:
    """What a turn works with: the place that it was given, and the wish to stop it."""

    def __init__(self, place: Place, stop: threading.Event) -> None:
        self._place = place
        self._stop = stop

    def run(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do work at this turn's place and return what it returns; raises Cancelled when the turn is stopped."""
        return self._place.run(self._stop, work, *args, **kwargs)

    def require_wanted(self) -> None:
        """Raise Cancelled when the turn is stopped."""
        if self._stop.is_set():
            raise Cancelled


class Turn(Future[T]):
    """Work that waits for its turn or has it; its result is a future's."""

    def __init__(self, job: Callable[[Hand], T], person: str, since: int = 0) -> None:
        super().__init__()
        self.job = job
        self.person = person
        self.since = since
        """The round that was served when this was asked for."""
        self.number = next(_seen)
        self.wish = threading.Event()

    def stop(self) -> None:
        """Take the work out of the line, or end it where it is at work; its future is cancelled, or raises Cancelled."""
        self.wish.set()
        self.cancel()

    @property
    def stopping(self) -> bool:
        """Whether somebody wanted it stopped and it has not ended yet."""
        return self.wish.is_set() and not self.done()


class Turns(Executor):
    """Gives places to work, in turns between people.

    Args:
        places: where work is done; a thread stands at each one.
        spare: further places, only for whoever has nothing at work.
    """

    def __init__(self, places: Sequence[Place], spare: Sequence[Place] = ()) -> None:
        self._places, self._spare = tuple(places), tuple(spare)
        self._change = threading.Condition()
        self._waiting: list[Turn[Any]] = []
        self._to_prepare: dict[Place, deque[Callable[[], None]]] = {}
        self._at_work: Counter[str] = Counter()
        self._round = 0
        """The latest round of which somebody was served."""
        self._next_round: dict[str, int] = {}
        """The round of a person's next question; without those who wait for nothing and whom the rounds have overtaken."""
        self._open = True
        self._standing = False

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Turn[T]:
        """Do work in a worker; for work that nobody in particular asks for."""
        return self.carry(lambda hand: hand.run(work, *args, **kwargs), person="")

    def carry(self, job: Callable[[Hand], T], *, person: str) -> Turn[T]:
        """Call `job` in a thread when its turn has come, and return its turn.

        Args:
            job: gets a `Hand`, whose `run` does work in the worker of this turn.
            person: who asks; "" for nobody in particular.
        """
        with self._change:
            if not self._open:
                raise ClosedError
            turn = Turn(job, person, self._round)
            self._waiting.append(turn)
            self._stand()
            self._change.notify_all()
        return turn

    def prepare(self, steps: Sequence[Callable[[], None]]) -> None:
        """Do these steps at every place that runs stand at, one by one, whenever nobody asks for anything."""
        with self._change:
            self._to_prepare = {place: deque(steps) for place in self._places}
            self._stand()
            self._change.notify_all()

    def before(self, turn: Turn[Any]) -> int | None:
        """Return how many turns are given before this one, None when it waits no longer."""
        with self._change:
            line = self._line()
        return line.index(turn) if turn in line else None

    def _line(self) -> list[Turn[Any]]:
        """Return who waits, in the order in which they are served if nobody else comes."""
        return [turn for _, _, turn in sorted(self._rounds(), key=lambda item: item[:2])]

    def _rounds(self) -> Iterator[tuple[int, int, Turn[Any]]]:
        """Yield the round and the number of each turn that waits."""
        coming = dict(self._next_round)
        for turn in self._waiting:
            if not turn.cancelled():
                its = max(turn.since, coming.get(turn.person, 0))
                coming[turn.person] = its + 1
                yield its, turn.number, turn

    def _take(self, turn: Turn[Any]) -> None:
        """Take a turn out of the line and count its round as served."""
        its = next(item for item, _, found in self._rounds() if found is turn)
        self._waiting.remove(turn)
        self._round = max(self._round, its)
        self._next_round[turn.person] = its + 1
        here = {item.person for item in self._waiting}
        kept = {person: at for person, at in self._next_round.items() if at > self._round or person in here}
        self._next_round = kept

    def _stand(self) -> None:
        if self._standing:
            return
        self._standing = True
        for place, spare in [*((item, False) for item in self._places), *((item, True) for item in self._spare)]:
            threading.Thread(target=self._serve, args=(place, spare), name="turn", daemon=True).start()

    def _serve(self, place: Place, spare: bool) -> None:
        while (turn := self._next(place, spare=spare)) is not None:
            _carry(turn, place)
            with self._change:
                self._at_work[turn.person] -= 1
                self._at_work += Counter()
                self._change.notify_all()

    def _next(self, place: Place, *, spare: bool) -> Turn[Any] | None:
        """Wait for the next turn and take it; None when the workers are closed."""
        with self._change:
            while self._open:
                found = self._first(place, spare=spare)
                if found is None:
                    self._change.wait()
                elif found.set_running_or_notify_cancel():
                    self._at_work[found.person] += 1
                    return found
        return None

    def _first(self, place: Place, *, spare: bool) -> Turn[Any] | None:
        """Take who is first in the line of this place out of it, or the next step of what is prepared when nobody is."""
        self._waiting = [turn for turn in self._waiting if not turn.cancelled()]
        found = next((turn for turn in self._line() if not spare or self._is_newcomer(turn)), None)
        if found is not None:
            self._take(found)
            return found
        steps = self._to_prepare.get(place)
        return Turn(_step(steps.popleft()), _PREPARING) if steps else None

    def _is_newcomer(self, turn: Turn[Any]) -> bool:
        return not self._at_work[turn.person] and self._at_work.total() >= len(self._places)

    def close(self) -> None:
        """End all work at once, also what waits; nothing is taken on any more."""
        with self._change:
            self._open = False
            waiting, self._waiting = self._waiting, []
            self._change.notify_all()
        for turn in waiting:
            if turn.set_running_or_notify_cancel():
                turn.set_exception(ClosedError())
        for place in (*self._places, *self._spare):
            place.close()


def _step(work: Callable[[], None]) -> Callable[[Hand], None]:
    return lambda hand: hand.run(work)


def _carry(turn: Turn[T], place: Place) -> None:
    try:
        found = turn.job(Hand(place, turn.wish))
    except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
        turn.set_exception(error)
    else:
        turn.set_result(found)
