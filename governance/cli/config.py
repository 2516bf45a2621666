"""`countersign config`: the configuration file of an installation."""

from __future__ import annotations

from governance.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from governance.cli.output import print_json, say
from governance.settings import open_points, require_guarded
from governance.workflow.workspace import configured


def config_check(workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False) -> None:
    """Read the configuration, try every secret that it names, and say what it leaves open; nothing secret is printed."""
    root = workspace.resolve()
    place, found = configured.place_of(root), configured.settings_of(root)
    require_guarded(found.server)
    for secret in (found.database.url, found.keys.service_passphrase):
        configured.read(secret)
    points = open_points(found)
    if json:
        print_json({"file": str(place) if place else None, "open": list(points)})
    else:
        say(f"Configuration {place or 'none: everything has its default'}")
        for point in points:
            say(f"- {point}")
