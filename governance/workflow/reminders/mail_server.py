"""The mail server, as the operator names it in a file. Without one nothing leaves the house.

server = "mail.example.org:587"
sender = "board@example.org"
security = "starttls"            # or "tls", or "none" for a server on this machine
user = "board"                   # leave it out to send without a login
password_file = "/etc/countersign/mail-password"   # or COUNTERSIGN_SMTP_PASSWORD
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from governance.evidence import RefusedInputError, toml_fields, unknown_choice
from governance.workflow.monitoring import Mailbox, Security
from storage import secret_text

CONFIGURED: Final = "COUNTERSIGN_MAIL"
"""Variable of the environment with the path of the file."""
_VARIABLE: Final = "COUNTERSIGN_SMTP_PASSWORD"
_SECURITY: Final[dict[str, Security]] = {"starttls": "starttls", "tls": "tls", "none": "none"}
_FIELDS: Final = ("server", "sender", "security", "user", "password_file")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and in whose name."""

    server: str
    """Host, or host:port."""
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    def to(self, address: str) -> Mailbox:
        """Return the way to one address.

        Raises:
            RefusedInputError: server, sender or address is none, or a password would travel in the clear.
        """
        return Mailbox(
            to=(address,),
            sender=self.sender,
            server=self.server,
            security=self.security,
            user=self.user,
            password=self.password,
        )


def configured(path: Path | None = None) -> MailServer | None:
    """Return the mail server that a file names, or the one that the environment names; None where neither does.

    Raises:
        RefusedInputError: the file cannot be read, or is none.
    """
    place = path or (Path(os.environ[CONFIGURED]) if os.environ.get(CONFIGURED) else None)
    if place is None:
        return None
    try:
        return from_toml(place.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedInputError(
            f"The file of the mail server, {str(place)!r}, cannot be read: {type(error).__name__}.",
            "Name a readable TOML file.",
        ) from error


def from_toml(text: str) -> MailServer:
    """Return the mail server that a TOML document names; a password comes from a file or the environment.

    Raises:
        RefusedInputError: no TOML, an unknown field, no server or sender, or a login without a password.
    """
    found = toml_fields(text, "The file of the mail server", "Write fields like server = ...")
    strange = [name for name in found if name not in _FIELDS]
    if strange:
        raise unknown_choice("field of the mail server", strange[0], _FIELDS)
    texts = {name: _text(name, found.get(name, "")) for name in _FIELDS}
    security = texts["security"] or "starttls"
    if security not in _SECURITY:
        raise unknown_choice("security of the mail server", security, tuple(_SECURITY))
    if not texts["server"] or not texts["sender"]:
        raise RefusedInputError(
            "The mail server needs a server and a sender.", 'Write server = "host:port", sender = "..."'
        )
    secret = _password(texts["password_file"]) if texts["user"] else ""
    made = MailServer(texts["server"], texts["sender"], _SECURITY[security], texts["user"], secret)
    made.to(texts["sender"])  # every field is looked at before anything is sent
    return made


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise RefusedInputError(f"The field {name} of the mail server is {value!r}, no text.", "Write it in quotes.")
    return value


def _password(file: str) -> str:
    if file:
        return secret_text(Path(file))
    if _VARIABLE not in os.environ:
        raise RefusedInputError("The mail server has a user, but no password.", f"Give password_file, or {_VARIABLE}.")
    return os.environ[_VARIABLE]
