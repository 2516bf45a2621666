"""Options that name who is told about an alert; passwords come from a file or the environment, never from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from governance.evidence import RefusedInputError
from storage import secret_text

if TYPE_CHECKING:
    from governance.workflow.monitoring import Delivery, Target

VARIABLE: Final = "COUNTERSIGN_SMTP_PASSWORD"


_PANEL: Final = "Telling others"


class SecurityChoice(StrEnum):
    """How the connection to the mail server is protected."""

    starttls = "starttls"
    tls = "tls"
    none = "none"


@dataclass(frozen=True, slots=True)
class ChannelOptions:
    """Who is told outside of an open alert, and how."""

    webhook: Annotated[
        list[str] | None,
        typer.Option(
            "--webhook",
            help="POST an open alert here as signed JSON (http or https); may be repeated.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    mail_to: Annotated[
        list[str] | None,
        typer.Option("--mail-to", help="Send an open alert to this address; may be repeated.", rich_help_panel=_PANEL),
    ] = None
    mail_from: Annotated[str, typer.Option("--mail-from", help="Sender of the e-mail.", rich_help_panel=_PANEL)] = ""
    smtp: Annotated[str, typer.Option("--smtp", help="Mail server as host or host:port.", rich_help_panel=_PANEL)] = ""
    smtp_security: Annotated[
        SecurityChoice,
        typer.Option(
            "--smtp-security", help="starttls, tls, or none for a server on this machine.", rich_help_panel=_PANEL
        ),
    ] = SecurityChoice.starttls
    smtp_user: Annotated[
        str, typer.Option("--smtp-user", help="Name for the login at the mail server.", rich_help_panel=_PANEL)
    ] = ""
    smtp_password_file: Annotated[
        Path | None,
        typer.Option("--smtp-password-file", help=f"File with the password; else {VARIABLE}.", rich_help_panel=_PANEL),
    ] = None
    cooldown: Annotated[
        float,
        typer.Option(
            "--cooldown",
            min=0.0,
            rich_help_panel=_PANEL,
            help="Hours before an alert that nobody has settled and that has no new step is told outside again.",
        ),
    ] = 24.0

    def targets(self) -> tuple[Target, ...]:
        """Return whom to tell, checked before anything is measured.

        Raises:
            RefusedInputError: an address that is none, a mail without server or sender, or a login without a password.
        """
        from governance.workflow.monitoring import Mailbox, Webhook

        hooks = tuple(Webhook(address) for address in self.webhook or ())
        if not self.mail_to:
            if self.smtp or self.mail_from or self.smtp_user or self.smtp_password_file:
                raise RefusedInputError("A mail server is named, but nobody to write to.", "Give --mail-to.")
            return hooks
        if not self.smtp or not self.mail_from:
            raise RefusedInputError("An e-mail needs a server and a sender.", "Give --smtp and --mail-from.")
        password = _password(self.smtp_password_file) if self.smtp_user else ""
        box = Mailbox(
            to=tuple(self.mail_to),
            sender=self.mail_from,
            server=self.smtp,
            security=self.smtp_security.value,
            user=self.smtp_user,
            password=password,
        )
        return (*hooks, box)


def _password(file: Path | None) -> str:
    if file is not None:
        return secret_text(file)
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
