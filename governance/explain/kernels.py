"""What the compiled loops of this room share: how they are compiled, and one vector addition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

LANES: Final = 8
"""Floats added at once; the width of a table line is a multiple of it."""

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile `function` once and keep it on disk; it releases the interpreter lock and starts no threads of its own."""
    return cast("F", njit(nogil=True, cache=True, boundscheck=False, fastmath=False)(function))


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


@kernel
def ones(pattern: Any) -> Any:
    """Return how many bits of `pattern` are set."""
    count = 0
    while pattern:
        pattern &= pattern - 1
        count += 1
    return count
