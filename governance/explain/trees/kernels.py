"""What the compiled loops of this room share: one vector addition, and a count of bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from governance.models import kernel

LANES: Final = 8
"""Floats added at once; the width of a table line is a multiple of it."""


def _adding(_context: Any, total: Any, at: Any, table: Any, *lines: Any) -> Any:
    """Add `table[line:line + 8]` of each line to `total[at:at + 8]`, all flat float32, as whole vectors.

    Written in the compiler's own language because it cannot prove that the two arrays do not overlap, and then adds one
    number at a time.
    """

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def lanes(array: int, index: int) -> Any:
            view = context.make_array(signature.args[array])(context, builder, values[array])
            offset = context.cast(builder, values[index], signature.args[index], types.intp)
            return builder.bitcast(builder.gep(view.data, [offset]), ir.VectorType(ir.FloatType(), LANES).as_pointer())

        into = lanes(0, 1)
        terms = [builder.load(into, align=4)]
        terms += [builder.load(lanes(2, at), align=4) for at in range(3, len(signature.args))]
        while len(terms) > 1:
            terms = [
                builder.fadd(*terms[k : k + 2]) if k + 1 < len(terms) else terms[k] for k in range(0, len(terms), 2)
            ]
        builder.store(terms[0], into, align=4)
        return context.get_dummy_value()

    return types.void(total, at, table, *lines), emit


def _add_lanes(context: Any, total: Any, at: Any, table: Any, line: Any) -> Any:
    return _adding(context, total, at, table, line)


def _add_four_lanes(context: Any, total: Any, at: Any, table: Any, one: Any, two: Any, three: Any, four: Any) -> Any:
    return _adding(context, total, at, table, one, two, three, four)


add_lanes: Callable[[Any, Any, Any, Any], None] = cast("Any", intrinsic(_add_lanes))
add_four_lanes: Callable[[Any, Any, Any, Any, Any, Any, Any], None] = cast("Any", intrinsic(_add_four_lanes))


def _place(context: Any, builder: Any, signature: Any, values: Any, array: int, offset: Any, lanes: int) -> Any:
    """Return a pointer to so many float64 of argument `array` from flat position `offset` on."""
    view = context.make_array(signature.args[array])(context, builder, values[array])
    return builder.bitcast(builder.gep(view.data, [offset]), ir.VectorType(ir.DoubleType(), lanes).as_pointer())


def _mixing(lanes: int, types_of: tuple[Any, ...]) -> Any:
    """Add `t` times the lanes at `high` to those at `low`, write them to `high`, and leave `1 - t` times those at `low`.

    The arguments are the array, low, high, and the nodes, whose first two lines of eight are t and 1 - t; all are flat float64.
    """

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def at(array: int, offset: Any) -> Any:
            return _place(context, builder, signature, values, array, offset, lanes)

        below, above = (at(0, context.cast(builder, values[k], signature.args[k], types.intp)) for k in (1, 2))
        t, rest = (builder.load(at(3, ir.Constant(ir.IntType(64), line)), align=8) for line in (0, LANES))
        own = builder.load(below, align=8)
        builder.store(builder.fadd(own, builder.fmul(t, builder.load(above, align=8))), above, align=8)
        builder.store(builder.fmul(rest, own), below, align=8)
        return context.get_dummy_value()

    return types.void(*types_of), emit


def _dotting(lanes: int, types_of: tuple[Any, ...]) -> Any:
    """Write to `into[place:place + lanes]` the dot products of so many neighbours of so many lanes with the lanes at `nodes[line]`.

    The arguments are the array, where its first neighbour begins, the nodes, line, into, and place; all are flat float64.
    """

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def at(array: int, index: int, beyond: int = 0) -> Any:
            offset = context.cast(builder, values[index], signature.args[index], types.intp)
            offset = builder.add(offset, ir.Constant(offset.type, beyond))
            return _place(context, builder, signature, values, array, offset, lanes)

        def every_other(first: int) -> Any:
            return ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(range(first, 2 * lanes, 2)))

        weights = builder.load(at(2, 3), align=8)
        terms = [builder.fmul(weights, builder.load(at(0, 1, k * lanes), align=8)) for k in range(lanes)]
        while len(terms) > 1:  # neighbours within a vector are added, and two vectors become one
            terms = [
                builder.fadd(*(builder.shuffle_vector(*terms[k : k + 2], every_other(first)) for first in (0, 1)))
                for k in range(0, len(terms), 2)
            ]
        builder.store(terms[0], at(4, 5), align=8)
        return context.get_dummy_value()

    return types.void(*types_of), emit


def _mix_four(_context: Any, array: Any, low: Any, high: Any, nodes: Any) -> Any:
    return _mixing(4, (array, low, high, nodes))


def _mix_eight(_context: Any, array: Any, low: Any, high: Any, nodes: Any) -> Any:
    return _mixing(8, (array, low, high, nodes))


def _dot_four(_context: Any, array: Any, at: Any, nodes: Any, line: Any, into: Any, place: Any) -> Any:
    return _dotting(4, (array, at, nodes, line, into, place))


def _dot_eight(_context: Any, array: Any, at: Any, nodes: Any, line: Any, into: Any, place: Any) -> Any:
    return _dotting(8, (array, at, nodes, line, into, place))


mix_four: Callable[[Any, Any, Any, Any], None] = cast("Any", intrinsic(_mix_four))
mix_eight: Callable[[Any, Any, Any, Any], None] = cast("Any", intrinsic(_mix_eight))
dot_four: Callable[[Any, Any, Any, Any, Any, Any], None] = cast("Any", intrinsic(_dot_four))
dot_eight: Callable[[Any, Any, Any, Any, Any, Any], None] = cast("Any", intrinsic(_dot_eight))


def _count_bits(_context: Any, _word: Any) -> Any:
    """Return how many bits of a 64-bit word are set, by the processor's own instruction."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return types.int64(types.uint64), emit


bits_of_word: Callable[[Any], Any] = cast("Any", intrinsic(_count_bits))


@kernel
def ones(pattern: Any) -> Any:
    """Return how many bits of `pattern` are set."""
    count = 0
    while pattern:
        pattern &= pattern - 1
        count += 1
    return count
