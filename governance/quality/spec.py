"""The methods of this room, for the catalogue."""

from governance.method_spec import MethodSpec

METHODS: tuple[MethodSpec, ...] = ()
