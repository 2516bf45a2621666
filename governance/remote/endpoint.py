"""Where a model is served: an address that holds no secret, a name at the server, and the key that the server has to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from governance.evidence import RefusedInputError
from storage import secret_text

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")
_PIN: Final = re.compile(r"[0-9a-f]{64}")
_TOKEN: Final = re.compile(r"[!-~]{1,8192}")
_DOTS: Final = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model at one server."""

    address: str
    """http://host[:port] or https://host[:port], with a path before `v2` where the server has one."""
    model: str
    """Name of the model at the server."""
    version: str = ""
    """Version of it at the server, "" for the one that the server chooses."""
    pin: str = ""
    """SHA-256 of the server's public key (SubjectPublicKeyInfo), hexadecimal; "" to take any that the authorities vouch for."""

    def __post_init__(self) -> None:
        _check_address(self.address)
        for what, text, least in (("name", self.model, 1), ("version", self.version, 0)):
            if (text or least) and (not _NAME.fullmatch(text) or text in _DOTS):
                raise RefusedInputError(
                    f"{text[:60]!r} is no {what} of a model at a server.",
                    "Use letters, digits, dots, hyphens, underscores.",
                )
        if self.pin and not _PIN.fullmatch(self.pin):
            raise RefusedInputError(
                f"The pin {self.pin[:20]!r} is none.",
                "Give the SHA-256 of the server's public key, 64 hexadecimal digits.",
            )
        if self.pin and not self.secure:
            raise RefusedInputError("A pin is given for an address without TLS.", "Give https://..., or leave it out.")

    @property
    def secure(self) -> bool:
        """Whether the line is encrypted and the server proves its name."""
        return self.address.startswith("https:")

    @property
    def host(self) -> str:
        """Name or number of the machine."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """The port, that of the scheme where none is named."""
        return urlsplit(self.address).port or (443 if self.secure else 80)

    @property
    def place(self) -> str:
        """Host and port, as a person says them."""
        return f"{self.host}:{self.port}"

    @property
    def path(self) -> str:
        """Path of the model below the address, without a slash at its end."""
        version = f"/versions/{self.version}" if self.version else ""
        return f"{urlsplit(self.address).path.rstrip('/')}/v2/models/{self.model}{version}"


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    plain = all(" " < sign < "\x7f" for sign in address)
    if parts.username is not None or parts.password is not None:
        raise RefusedInputError(
            "The server's address holds a name or password.",
            "Leave it out: it would stand in the record. Use --token-file.",
        )
    if not usable or not plain or parts.query or parts.fragment or len(address) > 1000:
        raise RefusedInputError(
            f"{address[:80]!r} is no address of a server.", "Give http://host:port or https://host:port."
        )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is never recorded: files that stay on this machine."""

    token_file: str = ""
    """File with the bearer token, "" without one."""
    ca_file: str = ""
    """File with the certificates of the authorities that vouch for the server (PEM), "" for those of the system."""

    def token(self) -> str:
        """Return the token, "" without one.

        Raises:
            RefusedInputError: the file cannot be read, is open to other accounts, or holds no token; the message never quotes it.
        """
        if not self.token_file:
            return ""
        text = secret_text(Path(self.token_file)).strip()
        if not _TOKEN.fullmatch(text):
            raise RefusedInputError(
                f"The token file {self.token_file!r} holds no single token.", "Write one line of printable characters."
            )
        return text
