"""`countersign deployment`: where a registered model is served."""

from __future__ import annotations

from typing import Annotated

import typer

from governance.cli.endpoint_options import AtServer, PinOption, VersionOption, endpoint
from governance.cli.options import DEFAULT_WORKSPACE, ActorOption, JsonOption, SecretOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.cli.passphrase import acting_as
from governance.workflow.serving import deployments
from governance.workflow.workspace import current_workspace, subjects

DeploymentArgument = Annotated[str, typer.Argument(help="Id of the deployment: lowercase letters, digits, hyphens.")]


def deployment_add(
    deployment: DeploymentArgument,
    address: Annotated[str, typer.Argument(help="http://host:port or https://host:port.")],
    model: Annotated[str, typer.Option(help="Digest of the registered model, or its beginning.")],
    name: AtServer,
    served_version: VersionOption = "",
    pin: PinOption = "",
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Record that a model is served at an address; the address can be erased, the rest stays."""
    place = current_workspace.current(workspace)
    digest = subjects.named_model(place, model)
    where = endpoint(address, name, served_version, pin)
    who = acting_as(place, actor, passphrase_file)
    index = deployments.register(place, deployment, digest, where, actor=who)
    print_json({"deployment": deployment, "model": digest, "entry": index}) if json else say(
        f"{deployment} serves {digest[:16]}: entry {index}."
    )


def deployment_end(
    deployment: DeploymentArgument,
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    actor: ActorOption = "service",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    passphrase_file: SecretOption = None,
    json: JsonOption = False,
) -> None:
    """Record that a model is served there no more."""
    place = current_workspace.current(workspace)
    index = deployments.end(place, deployment, reason, actor=acting_as(place, actor, passphrase_file))
    print_json({"deployment": deployment, "entry": index}) if json else say(f"{deployment} has ended: entry {index}.")


def deployment_list(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """List every deployment, those that have ended too."""
    found = deployments.listed(current_workspace.current(workspace))
    if json:
        print_json(
            [
                {
                    "deployment": item.id,
                    "model": item.model,
                    "address": item.endpoint.address if item.endpoint else None,
                    "served_as": item.endpoint.model if item.endpoint else None,
                    "pin": (item.endpoint.pin if item.endpoint else "") or None,
                    "registered": item.time,
                    "ended": item.ended or None,
                    "attestations_begun": item.begun,
                }
                for item in found
            ]
        )
        return
    for item in found:
        where = item.endpoint.address if item.endpoint else "(address erased)"
        state = f"ended {item.ended}" if item.ended else f"attested {item.begun} times"
        say(f"{item.id}  {item.model[:16]}  {where}  {state}")
