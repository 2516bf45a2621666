"""The `countersign` command: the same verbs as the screens, for pipelines, scripts and auditors."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import typer

from governance.cli.output import INTERNAL, WRONG_USE
from governance.errors import Cancelled, GovernanceError
from storage.errors import StorageError

COMMANDS: Final[tuple[tuple[str, str], ...]] = (
    ("demo", "governance.cli.demo:demo"),
    ("quality", "governance.cli.data:quality"),
    ("expectations", "governance.cli.data:propose"),
    ("audit-data", "governance.cli.data:audit"),
    ("contract put", "governance.cli.contract:contract_put"),
    ("contract show", "governance.cli.contract:contract_show"),
    ("contract check", "governance.cli.contract:contract_check"),
    ("fairness", "governance.cli.fairness:fairness"),
    ("impact-ratio", "governance.cli.fairness:impact_ratio"),
    ("mitigate", "governance.cli.mitigate:mitigate"),
    ("drift", "governance.cli.drift:drift"),
    ("explain", "governance.cli.explain:explain"),
    ("lime", "governance.cli.explain:lime"),
    ("reasons", "governance.cli.reasons:reasons"),
    ("baseline", "governance.cli.drift:baseline"),
    ("watch", "governance.cli.watch:watch"),
    ("alert confirm", "governance.cli.alert:alert_confirm"),
    ("alert override", "governance.cli.alert:alert_override"),
    ("alert act", "governance.cli.alert:alert_act"),
    ("alert verify", "governance.cli.alert:alert_verify"),
    ("serve", "governance.cli.serve:serve"),
    ("inspect", "governance.cli.models:inspect"),
    ("predict", "governance.cli.models:predict"),
    ("convert", "governance.cli.convert:convert"),
    ("init", "governance.cli.house:init"),
    ("register model", "governance.cli.house:register_model"),
    ("register data", "governance.cli.house:register_data"),
    ("assess", "governance.cli.house:assess_method"),
    ("member add", "governance.cli.house:member_add"),
    ("charter adopt", "governance.cli.house:charter_adopt"),
    ("charter template", "governance.cli.rules:charter_template"),
    ("policy template", "governance.cli.rules:policy_template"),
    ("case open", "governance.cli.case:case_open"),
    ("case freeze", "governance.cli.case:case_freeze"),
    ("case start", "governance.cli.case:case_start"),
    ("case show", "governance.cli.case:case_show"),
    ("case list", "governance.cli.case:case_list"),
    ("case declare", "governance.cli.case:case_declare"),
    ("case comment", "governance.cli.case:case_comment"),
    ("case resolve", "governance.cli.case:case_resolve"),
    ("vote", "governance.cli.case:vote"),
    ("decide", "governance.cli.case:decide"),
    ("key list", "governance.cli.key:key_list"),
    ("key add", "governance.cli.key:key_add"),
    ("key rotate", "governance.cli.key:key_rotate"),
    ("key revoke", "governance.cli.key:key_revoke"),
    ("ledger head", "governance.cli.ledger:ledger_head"),
    ("ledger check", "governance.cli.ledger:ledger_check"),
    ("ledger rebuild", "governance.cli.ledger:ledger_rebuild"),
    ("ledger grants", "governance.cli.ledger:ledger_grants"),
    ("ledger cosign", "governance.cli.ledger:ledger_cosign"),
    ("ledger timestamp", "governance.cli.ledger:ledger_timestamp"),
    ("witness", "governance.cli.ledger:witness"),
    ("export", "governance.cli.export:export"),
    ("verify", "governance.cli.verify:verify"),
    ("replay", "governance.cli.upkeep:replay"),
    ("tick", "governance.cli.upkeep:tick"),
    ("gate", "governance.cli.gate:gate"),
    ("trust", "governance.cli.export:trust"),
)
"""Name on the command line -> "module:function"; a name with a space is a command of a group."""


def named(words: list[str]) -> tuple[tuple[str, str], ...]:
    """Return the commands that the words of a command line name: one, so that only its module is imported, or all for help."""
    return tuple(item for item in COMMANDS if item[0].split() == words[: len(item[0].split())]) or COMMANDS


def build(commands: tuple[tuple[str, str], ...] = COMMANDS) -> typer.Typer:
    """Return the application with these commands."""
    app = typer.Typer(
        name="countersign", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
        help="Measured evidence and signed decisions for people who must answer for a machine-learning model.",
    )  # fmt: skip
    app.callback()(_root)
    groups: dict[str, typer.Typer] = {}
    for name, place in commands:
        module, _, function = place.partition(":")
        group, _, verb = name.rpartition(" ")
        home = app
        if group:
            if group not in groups:
                groups[group] = typer.Typer(no_args_is_help=True, help=f"Commands about the {group}.")
                app.add_typer(groups[group], name=group)
            home = groups[group]
        home.command(verb)(getattr(importlib.import_module(module), function))
    return app


def _root() -> None:
    """Measured evidence and signed decisions for people who must answer for a machine-learning model."""


def main() -> None:
    """Run the command line; wrong input ends with exit code 2 and words, a fault of ours with exit code 3."""
    try:
        build(named(sys.argv[1:]))()
    except (GovernanceError, StorageError) as error:
        sys.stderr.write(f"countersign: {error}\n")
        sys.exit(WRONG_USE)
    except (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError) as error:
        sys.stderr.write(
            f"countersign: {str(error.filename or 'a file')!r} cannot be used: {error.strerror}. Check the path and its rights.\n"
        )
        sys.exit(WRONG_USE)
    except (Cancelled, KeyboardInterrupt):
        sys.stderr.write("countersign: stopped by the user\n")
        sys.exit(INTERNAL)
    except Exception as error:  # noqa: BLE001 - the outermost border: a fault of ours, said plainly
        sys.stderr.write(f"countersign: internal failure: {type(error).__name__}: {error}\n")
        sys.exit(INTERNAL)


if __name__ == "__main__":
    main()
