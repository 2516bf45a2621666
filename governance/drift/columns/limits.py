"""From which size on a change counts in practice, for every drift test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from governance.drift.columns import column_tests

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Limits(Mapping[str, float]):
    """Test id -> limit of its effect; a smaller effect is "real but small". Tests that are not named keep their own limit."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, float] | None = None) -> None:
        """Take the limits that differ from the tests' own.

        Raises:
            RefusedInputError: a name is no test.
        """
        self._given = {column_tests.named(name).id: float(value) for name, value in (given or {}).items()}

    def __getitem__(self, name: str) -> float:
        """Return the limit of a test."""
        test = column_tests.known(name)
        if test is None:
            raise KeyError(name)
        return self._given.get(name, test.default_limit)

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all tests."""
        return iter(column_tests.names())

    def __len__(self) -> int:
        """Return how many tests there are."""
        return len(column_tests.names())

    def __hash__(self) -> int:
        """Return the hash of all limits, as equal limits have equal hashes."""
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        """Return the limits that differ from the tests' own."""
        return f"Limits({self._given!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how limits are read and written: as an object with a number for every test."""
        from pydantic_core import core_schema

        del source, handler

        def read(value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Limits:
            return value if isinstance(value, cls) else cls(inner(value))

        numbers = core_schema.dict_schema(core_schema.str_schema(), core_schema.float_schema())
        return core_schema.no_info_wrap_validator_function(
            read, numbers, serialization=core_schema.plain_serializer_function_ser_schema(dict)
        )
