"""Options about a server that models are served by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from governance.cli.inputs import check_files

if TYPE_CHECKING:
    from governance.remote import Endpoint, Secrets

AtServer = Annotated[str, typer.Option("--name", help="Name of the model at the server.")]
VersionOption = Annotated[str, typer.Option("--served-version", help="Version at the server; its own choice without.")]
PinOption = Annotated[
    str, typer.Option("--pin", help="SHA-256 of the server's public key (SubjectPublicKeyInfo), hexadecimal.")
]


@dataclass(frozen=True, slots=True)
class SecretOptions:
    """What is never recorded."""

    token_file: Annotated[Path | None, typer.Option("--token-file", help="File with the bearer token.")] = None
    ca: Annotated[
        Path | None, typer.Option("--ca", help="Certificates of the authorities that vouch for the server (PEM).")
    ] = None

    def read(self) -> Secrets:
        """Return where the secrets lie.

        Raises:
            RefusedInputError: there is no such file.
        """
        from governance.remote import Secrets

        check_files(self.token_file, self.ca)
        return Secrets(str(self.token_file or ""), str(self.ca or ""))


def endpoint(address: str, name: str, version: str, pin: str) -> Endpoint:
    """Return the endpoint that options name.

    Raises:
        RefusedInputError: one of them is none.
    """
    from governance.remote import Endpoint

    return Endpoint(address, name or "model", version, pin.lower())
