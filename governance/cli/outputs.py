"""Options that name who is told about an alert; passwords come from a file or the environment, never from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.cli.sources import text_of
from governance.errors import RefusedInputError

if TYPE_CHECKING:
    from governance.workflow.deliver import Delivery, Target

VARIABLE: Final = "COUNTERSIGN_SMTP_PASSWORD"


class SecurityChoice(StrEnum):
    """How the connection to the mail server is protected."""

    starttls = "starttls"
    tls = "tls"
    none = "none"


WebhookOption = Annotated[
    list[str] | None,
    typer.Option("--webhook", help="POST an open alert here as signed JSON (http or https); may be repeated."),
]
MailToOption = Annotated[
    list[str] | None, typer.Option("--mail-to", help="Send an open alert to this address; may be repeated.")
]
MailFromOption = Annotated[str, typer.Option("--mail-from", help="Sender of the e-mail.")]
SmtpOption = Annotated[str, typer.Option("--smtp", help="Mail server as host or host:port.")]
SmtpSecurityOption = Annotated[
    SecurityChoice, typer.Option("--smtp-security", help="starttls, tls, or none for a server on this machine.")
]
SmtpUserOption = Annotated[str, typer.Option("--smtp-user", help="Name for the login at the mail server.")]
SmtpSecretOption = Annotated[
    Path | None, typer.Option("--smtp-password-file", help=f"File with the password; else {VARIABLE}.")
]
CooldownOption = Annotated[
    float,
    typer.Option(
        min=0.0, help="Hours before an alert that nobody has settled and that has no new step is told outside again."
    ),
]


def targets(
    webhook: Sequence[str] | None,
    mail_to: Sequence[str] | None,
    mail_from: str,
    smtp: str,
    security: SecurityChoice,
    user: str,
    secret: Path | None,
) -> tuple[Target, ...]:
    """Return whom to tell, checked before anything is measured.

    Raises:
        RefusedInputError: an address that is none, a mail without server or sender, or a login without a password.
    """
    from governance.workflow.deliver import Mailbox, Webhook

    hooks = tuple(Webhook(address) for address in webhook or ())
    if not mail_to:
        if smtp or mail_from or user or secret:
            raise RefusedInputError("A mail server is named, but nobody to write to.", "Give --mail-to.")
        return hooks
    if not smtp or not mail_from:
        raise RefusedInputError("An e-mail needs a server and a sender.", "Give --smtp and --mail-from.")
    password = _password(secret) if user else ""
    return (*hooks, Mailbox(tuple(mail_to), mail_from, smtp, security.value, user, password))


def _password(file: Path | None) -> str:
    if file is not None:
        return text_of(file).rstrip("\r\n")
    if VARIABLE not in os.environ:
        raise RefusedInputError(
            "The password of the mail server is needed.", f"Give --smtp-password-file or {VARIABLE}."
        )
    return os.environ[VARIABLE]


def complain(found: Sequence[Delivery]) -> bool:
    """Say on standard error which notices did not arrive, and return whether there is one."""
    lost = [item for item in found if not item.delivered]
    for item in lost:
        sys.stderr.write(
            f"countersign: the {item.channel} to {item.to} was not delivered: {item.reason}. "
            "The alert and its evidence are recorded; with --cooldown 0 the next run tells it again.\n"
        )
    return bool(lost)
