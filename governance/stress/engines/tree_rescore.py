"""Work out the new scores from the trees of the file: exact, and cheap where a changed column is asked by few paths.

ONNX Runtime adds up in single precision, this engine in double precision. So the two may differ by rounding; a row that comes nearer to
a threshold than rounding can explain is settled by asking the model itself, and counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from governance.evidence import RefusedInputError
from governance.models import (
    Cut,
    GraphPredictor,
    Linked,
    StageSum,
    TreeEnsemble,
    cut_of,
    parse_trees,
)
from governance.stress.engines.engine import Answers, Decider, plain, replaced
from governance.stress.engines.settling import UNIT_ROUNDING, Settling, recognised
from governance.stress.engines.tree_walk import (
    MASKED,
    Block,
    Forest,
    Walked,
    forest_of,
    largest_sum,
    reach,
    walk,
    walk_again,
)
from governance.stress.report import EngineName
from governance.stress.strike import Change

if TYPE_CHECKING:
    import pandas as pd

    from governance.models import Codebook

MOST_ASKED: Final = 64
"""Answers about all rows of a block that are kept: some ten bytes a row each."""
LINK_ROWS: Final = 500
"""Rows on which the link is recognised and the wiring confirmed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A model whose trees were read and held against its own answers."""

    cut: Cut | StageSum
    forest: Forest
    book: Codebook
    player: NDArray[np.int64]
    """(code columns,) the player of each."""
    base: NDArray[np.float64]
    """(outputs,) what every row gets."""
    linked: Linked
    rounding: float
    """Largest difference of a sum in single precision to the exact one: trees x unit rounding x the sum of the largest leaves."""


def open_trees(predictor: GraphPredictor, frame: pd.DataFrame) -> Opened:
    """Return the trees of a model, tried on rows.

    Raises:
        RefusedInputError: the model has no trees alone, its columns cannot be followed, or its link is not recognised.
    """
    some = frame.iloc[:LINK_ROWS]
    cut = cut_of(predictor)
    cut.confirm(some)
    encoded, raw = cut.encode_and_score(some)
    linked = recognised(raw, predictor.predict(some).score)
    trees = _trees_of(cut, double=encoded.dtype == np.float64)
    forest, book, player = forest_of(trees, cut.players.of_encoded)
    return Opened(
        cut=cut,
        forest=forest,
        book=book,
        player=player,
        base=trees.base,
        linked=linked,
        rounding=_rounding(trees, forest),
    )


def _trees_of(cut: Cut | StageSum, *, double: bool) -> TreeEnsemble:
    if isinstance(cut, Cut):
        if cut.kind == "linear":
            raise RefusedInputError("The model has linear weights, not trees.", "Ask the model itself.")
        return parse_trees(cut.node, double_input=double)
    trees = cut.trees(double_input=double)
    if trees is None or cut.mixed:
        raise RefusedInputError("The score is not a sum of trees alone.", "Ask the model itself.")
    return trees


def _rounding(trees: TreeEnsemble, forest: Forest) -> float:
    """Bound the error of a sum in single precision, whatever its order (Higham, Accuracy and Stability, 2nd ed., section 4.2)."""
    total = float(largest_sum(forest.roots, forest.node, np.abs(forest.value).max(axis=1)))
    total += float(np.abs(trees.base).max(initial=0.0))
    return 2 * (len(forest.roots) + 1) * UNIT_ROUNDING * total


class TreeRescore:
    """Implements `governance.stress.engines.engine.Engine` with the trees of the file."""

    name: Final[EngineName] = "tree_rescore"

    def __init__(self, predictor: GraphPredictor, decider: Decider, opened: Opened) -> None:
        """Take the model and its trees."""
        self._predictor, self._decider, self._opened = predictor, decider, opened
        self._columns = {name: player for player, names in enumerate(opened.cut.players.columns) for name in names}
        self._known: dict[tuple[str, Any], NDArray[np.uint16]] = {}
        self._plain: dict[str, bool] = {}
        self._asked: dict[bytes, Answers] = {}
        self._settling = Settling(predictor, decider, opened.linked, opened.base)

    def open(
        self,
        frame: pd.DataFrame,
        clean: Answers,  # noqa: ARG002 - only an engine that asks again has no answers of its own
    ) -> Answers:
        """Take a block of rows: encode them once, walk every tree once, and keep where they ended."""
        opened = self._opened
        self._frame = plain(frame[list(self._predictor.signature.columns)])
        encoded = opened.cut.encode(self._frame)
        codes = np.ascontiguousarray(opened.book.codes(encoded).T)
        leaf = np.empty((len(frame), len(opened.forest.roots)), np.int32)
        score = np.zeros((len(frame), opened.forest.value.shape[1]))
        walk(opened.forest, codes, leaf, score)
        self._walked = Walked(codes, leaf, score)
        self._asked.clear()
        self._see_plain(encoded)
        self._settling.open(self._frame)
        found = self._decided(score, np.arange(len(frame)), ())
        self.settle()
        return found

    def _decided(self, sums: NDArray[np.float64], rows: NDArray[np.int64], changes: Sequence[Change]) -> Answers:
        return self._settling.decided(sums, rows, changes, rounding=self._opened.rounding)

    def ask(self, rows: NDArray[np.int64], changes: Sequence[Change]) -> Answers:
        """Return the answers about some rows with changed columns.

        What every row of the block would get is kept: a typing error, capitals and a category never seen are often one and the same to
        the encoder. Such answers share their decisions, and what settles one settles the other.
        """
        block, which = self._block(rows, changes)
        if len(rows) < len(self._walked.codes):
            return self._decided(walk_again(self._opened.forest, self._walked, rows, block, which), rows, changes)
        key = _same(block, which, rows)
        if key not in self._asked:
            sums = walk_again(self._opened.forest, self._walked, rows, block, which)
            self._asked[key] = self._decided(sums, rows, changes)
            if len(self._asked) > MOST_ASKED:
                del self._asked[next(iter(self._asked))]
        return self._asked[key]

    def steps(self, column: str) -> NDArray[np.float64] | None:
        """Return one number from each step of a column and a missing one, None where the trees do not ask the numbers as they are."""
        if not self._plain[column]:
            return None
        at = np.flatnonzero(self._opened.player == self._columns[column])
        if not len(at):
            return np.array([np.nan])
        book = self._opened.book
        thresholds = book.thresholds[book.start[at[0]] : book.start[at[0] + 1]]
        above = np.nextafter(thresholds[-1:], thresholds.dtype.type(np.inf))
        return np.concatenate([thresholds, above, [np.nan]]).astype(np.float64)

    def reach(self, column: str) -> tuple[Answers, Answers] | None:
        """Return the answers about all rows at the values of a column that move their scores most, down and up.

        All values lie between, so a decision that neither of them changes is changed by none. None where the score of a class does not
        follow from one sum.
        """
        opened, decider = self._opened, self._decider
        outputs = opened.forest.value.shape[1]
        if len(decider.classes) != 2 or (outputs > 1 and opened.linked.link != "identity"):
            return None
        values = self.steps(column)
        own = np.flatnonzero(opened.player == self._columns[column])
        rows = np.arange(len(self._walked.codes))
        if values is None or outputs > 2:
            return None
        if not len(own):
            same = self._decided(self._walked.score, rows, ())
            return same, same
        output = 0 if outputs == 1 else 1 if opened.linked.tied else decider.positive
        ends = np.empty((2, len(rows), 2))
        target = (int(own[0]), len(values) - 2, np.int64(1 << (self._columns[column] % MASKED)), output)
        reach(opened.forest, self._walked, target, ends[0], ends[1])
        low, high = (self._at(column, end, values) for end in ends)
        return low, high

    def _at(self, column: str, end: NDArray[np.float64], values: NDArray[np.float64]) -> Answers:
        """Return the answers at one end of the reach."""
        sums = np.repeat(end[:, :1], self._opened.forest.value.shape[1], axis=1)
        which = np.minimum(end[:, 1], len(values) - 1).astype(np.int64)
        return self._decided(sums, np.arange(len(end)), (Change(column, values, which),))

    def settle(self) -> None:
        """Ask the model about every row that came too near a threshold since the last call: all of them in one question."""
        self._settling.settle()

    @property
    def settled(self) -> int:
        """Rows so near a threshold that the model itself was asked about them."""
        return self._settling.settled

    def learn(self, changes: Sequence[Change]) -> None:
        """Let the file encode the new values of many columns in one question: no column has a part in another one's encoding."""
        wanted: dict[str, dict[Any, None]] = {}
        for change in changes:
            alone = len(self._opened.cut.players.columns[self._columns[change.column]]) == 1
            if alone and change.new.dtype == object:
                fresh = [value for value in change.new.tolist() if (change.column, value) not in self._known]
                wanted.setdefault(change.column, {}).update(dict.fromkeys(fresh))
        most = max((len(values) for values in wanted.values()), default=0)
        if not most:
            return
        made = self._frame.iloc[np.zeros(most, np.intp)].reset_index(drop=True)
        listed = {
            name: [*values, *[next(iter(values))] * (most - len(values))] for name, values in wanted.items() if values
        }
        columns = [
            Change(name, np.array([*values, None], object)[:-1], np.arange(most)) for name, values in listed.items()
        ]
        try:
            codes = self._opened.book.codes(self._opened.cut.encode(replaced(made, columns))).T
        except RefusedInputError:
            return  # one of them is refused: each is asked for where it is needed, and the refusal is said there
        for name, values in listed.items():
            own = codes[:, np.flatnonzero(self._opened.player == self._columns[name])]
            self._known |= {(name, value): code for value, code in zip(values, own, strict=True)}

    def _see_plain(self, encoded: NDArray[np.generic]) -> None:
        """Find out which columns of numbers reach the trees as they are, by comparing all rows of the block."""
        opened = self._opened
        for name, player in self._columns.items():
            own = np.flatnonzero(opened.cut.players.of_encoded == player)
            is_float = encoded.dtype.kind == "f" and self._frame[name].dtype.kind in "iuf"
            if len(opened.cut.players.columns[player]) > 1 or len(own) != 1 or not is_float or opened.book.memberships:
                self._plain[name] = False
                continue
            raw = self._frame[name].to_numpy(dtype=np.float64).astype(encoded.dtype)
            same = np.array_equal(raw, encoded[:, own[0]], equal_nan=True)
            self._plain[name] = same and self._takes_floats(name)

    def _takes_floats(self, name: str) -> bool:
        start = 0
        for tensor in self._predictor.signature.inputs:
            if name in self._predictor.signature.columns[start : start + tensor.width]:
                return tensor.dtype in ("float32", "float64")
            start += tensor.width
        return False

    def _block(self, rows: NDArray[np.int64], changes: Sequence[Change]) -> tuple[Block, NDArray[np.int64]]:
        """Return the new codes of the changed columns, and which of them each row gets."""
        shared = {self._columns[change.column] for change in changes}
        alone = all(len(self._opened.cut.players.columns[player]) == 1 for player in shared)
        columns = np.flatnonzero(np.isin(self._opened.player, list(shared)))
        if not alone:
            encoded = self._opened.cut.encode(replaced(self._frame.iloc[rows], changes))
            codes, which = self._opened.book.codes(encoded).T[:, columns], np.arange(len(rows))
        elif len(changes) == 1:
            codes, which = self._codes(changes[0], columns), changes[0].which
        else:
            codes = np.empty((len(rows), len(columns)), np.uint16)
            for change in changes:
                mine = np.flatnonzero(self._opened.player[columns] == self._columns[change.column])
                codes[:, mine] = self._codes(change, columns[mine])[change.which]
            which = np.arange(len(rows))
        place = np.full(len(self._opened.player), -1, np.int16)
        place[columns] = np.arange(len(columns))
        bits = np.int64(sum({1 << (player % MASKED) for player in shared}))
        return Block(place, columns, np.ascontiguousarray(codes), bits), which.astype(np.int64)

    def _codes(self, change: Change, columns: NDArray[np.int64]) -> NDArray[np.uint16]:
        """Return (different values, columns) the codes of a column's new values."""
        if not len(columns):
            return np.zeros((len(change.new), 0), np.uint16)
        if self._plain[change.column] and len(columns) == 1 and _held(change.new, self._opened.book):
            return self._opened.book.code_of(change.new, int(columns[0]))[:, None]
        return self._encoded(change, columns)

    def _encoded(self, change: Change, columns: NDArray[np.int64]) -> NDArray[np.uint16]:
        """Return the codes of new values by letting the file encode each of them once."""
        keys = [(change.column, value if value == value else None) for value in change.new.tolist()]  # noqa: PLR0124
        unknown = [at for at, key in enumerate(keys) if key not in self._known]
        if unknown:
            values = change.new[unknown]
            row = self._frame.iloc[np.zeros(len(unknown), np.intp)]
            made = replaced(row, [Change(change.column, values, np.arange(len(unknown)))])
            codes = self._opened.book.codes(self._opened.cut.encode(made)).T[:, columns]
            self._known |= {keys[at]: code for at, code in zip(unknown, codes, strict=True)}
        return np.array([self._known[key] for key in keys], np.uint16).reshape(len(keys), len(columns))


def _same(block: Block, which: NDArray[np.int64], rows: NDArray[np.int64]) -> bytes:
    """Return what is equal for new values that the trees cannot tell apart, row by row."""
    codes, place = np.unique(block.codes, axis=0, return_inverse=True)
    parts = (block.columns, codes, place.reshape(-1)[which], rows)
    return hashlib.sha256(b"/".join(np.ascontiguousarray(part).tobytes() for part in parts)).digest()


def _held(values: NDArray[Any], book: Codebook) -> bool:
    """Tell whether the input can hold the numbers; those that it cannot are refused where the file is fed."""
    if values.dtype == object:
        return False
    with np.errstate(over="ignore"):
        return bool((np.isfinite(values.astype(book.thresholds.dtype)) == np.isfinite(values)).all())
