"""Who can reach an installation, and what has to stand in between."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from governance.evidence import RefusedInputError
from governance.settings.settings import Server, Settings


def is_loopback(address: str) -> bool:
    """Say whether an address is reached from this machine alone."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def require_guarded(server: Server) -> None:
    """Raise RefusedInputError unless whoever reaches the app beyond this machine was asked who he is, over TLS, under one name."""
    if is_loopback(server.address):
        return
    missing = [what for what, there in _needed(server) if not there]
    if missing:
        raise RefusedInputError(
            f"{server.address} is reached from other machines, and {' and '.join(missing)} missing.",
            "Say in countersign.toml under [server]: url, and behind_proxy with the address of a proxy that asks for a login and ends "
            "TLS. Or listen on 127.0.0.1.",
        )


def _needed(server: Server) -> tuple[tuple[str, bool], ...]:
    return (
        ("the name of the app (url) is", bool(server.url)),
        ("a proxy that asks who somebody is (behind_proxy) is", bool(server.behind_proxy)),
    )


def open_points(settings: Settings) -> tuple[str, ...]:
    """Return, in words, what this configuration leaves open: the sentences of `countersign config check`."""
    server, found = settings.server, []
    if is_loopback(server.address):
        found.append("Listens on this machine alone; whoever has an account on it can read what a guest reads.")
    else:
        found.append(
            f"Listens on {server.address} and answers {', '.join(server.behind_proxy)} alone; the proxy asks who somebody is."
        )
    if server.url and urlsplit(server.url).scheme != "https":
        found.append("Browsers reach it over http: what they send can be read on the way.")
    if not server.certificate:
        found.append(
            "The app itself speaks http: between it and the proxy, or the browser of this machine, nothing is encrypted."
        )
    if settings.keys.service_passphrase is None:
        found.append("The keys of the service lie without a passphrase; only the rights of their files guard them.")
    found.append("The database and the files of the workspace are not encrypted at rest: encrypt the disk.")
    return tuple(found)
