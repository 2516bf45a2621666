"""The noun of the configuration file, read from TOML.

Without a file everything has its default: one machine, one SQLite file, no listener beyond this machine.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from governance.evidence import JsonValue, RefusedInputError, decode, toml_fields
from governance.settings.secret import Secret, named

Text = Annotated[str, Field(strict=True, min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Server:
    """Where the app listens and under which name it is known."""

    url: str = ""
    """Origin under which browsers reach the app, for example https://board.example.org; "" for this machine alone."""
    address: Text = "127.0.0.1"
    """Address to listen on."""
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 8501
    certificate: str = ""
    """File with the TLS certificate chain in PEM; "" without TLS of our own."""
    key_file: str = ""
    """File with the certificate's private key in PEM."""
    behind_proxy: tuple[Text, ...] = ()
    """Addresses of the proxies that end TLS and ask who somebody is; nobody else is answered."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where the record and what belongs to it are kept."""

    url: Secret | None = None
    """Place of a PostgreSQL server's address; None for the SQLite file of the workspace."""


@dataclass(frozen=True, slots=True)
class Keys:
    """How the service opens its own keys."""

    service_passphrase: Secret | None = None
    """Place of the passphrase of the record and checkpoint keys; None for keys that only the file's rights guard."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a configuration file says."""

    server: Server = Server()
    database: Database = Database()
    keys: Keys = Keys()


PARTS: Final[Mapping[str, type[Any]]] = {"server": Server, "database": Database, "keys": Keys}


def from_toml(text: str) -> Settings:
    """Return what a configuration file says.

    Raises:
        RefusedInputError: not TOML, an unknown table or field (the nearest known one is named), a value of another type, a secret in
            place of where it stands, or fields that contradict each other.
    """
    found = toml_fields(text, "The configuration", "Correct the line.")
    _require_known("table", found, tuple(PARTS))
    made = Settings(**{name: _part(name, found[name]) for name in found})
    _require_consistent(made.server)
    return made


def _part(name: str, value: object) -> Any:
    """Return one table of the file as its noun."""
    kind = PARTS[name]
    if not isinstance(value, dict):
        raise RefusedInputError(
            f"{name!r} is no table of the configuration.", f"Write [{name}] and its fields below it."
        )
    secret = _secret_fields(kind)
    _require_known(
        f"field of [{name}]", value, (*(item.name for item in fields(kind)), *(f"{one}_file" for one in secret))
    )
    plain: dict[str, JsonValue] = {key: item for key, item in value.items() if key.removesuffix("_file") not in secret}
    places = {field: place for field in secret if (place := _place(name, field, value)) is not None}
    return kind(**places) if secret else decode(kind, plain)


def _secret_fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if "Secret" in str(item.type))


def _place(table: str, field: str, value: Mapping[str, object]) -> Secret | None:
    file, other = value.get(f"{field}_file"), value.get(field)
    if file is not None and other is not None:
        raise RefusedInputError(f"[{table}] names {field} and {field}_file.", "Keep one of the two.")
    given = file if file is not None else other
    if given is None:
        return None
    if not isinstance(given, str) or not given.strip():
        raise RefusedInputError(f"{field} of [{table}] is no text.", "Write it in quotes.")
    return Secret("file", given) if file is not None else named(field, given)


def _require_known(noun: str, found: Mapping[str, object], known: tuple[str, ...]) -> None:
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            raise RefusedInputError(f"No {noun} is called {name!r}.", advice)


def _require_consistent(server: Server) -> None:
    if bool(server.certificate) != bool(server.key_file):
        raise RefusedInputError(
            "[server] names one of certificate and key_file.", "TLS needs both: the chain, and its private key."
        )
    if server.url:
        _require_origin(server.url)


def _require_origin(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise RefusedInputError(
            f"url of [server] is {url!r}.", "It is scheme and name alone, for example https://board.example.org"
        )
