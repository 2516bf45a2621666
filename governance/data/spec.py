"""The methods of this room, for the catalogue."""

from governance.evidence import MethodSpec

METHODS: tuple[MethodSpec, ...] = ()
