"""`countersign serve`: start the app on a workspace."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from governance.errors import RefusedInputError

SAFE_SETTINGS: Final = (
    ("server.headless", "true"),
    ("server.enableAgentApi", "false"),
    ("server.fileWatcherType", "none"),
    ("client.showErrorDetails", "none"),
    ("client.toolbarMode", "minimal"),
    ("runner.enforceSerializableSessionState", "true"),
    ("browser.gatherUsageStats", "false"),
)
"""Given on the command line, so that no stray configuration file weakens them."""


def serve(
    workspace: Annotated[Path, typer.Option(help="Folder of the workspace; it need not exist yet.")] = Path(
        "workspace"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the app.")] = 8501,
    address: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine need a proxy with login.")
    ] = "127.0.0.1",
) -> None:
    """Start the app and keep it running until interrupted."""
    found = importlib.util.find_spec("app")
    if found is None or found.origin is None:
        raise RefusedInputError("The app's main file is not installed.", "Install the project: pip install -e .")
    settings = [*SAFE_SETTINGS, ("server.address", address), ("server.port", str(port))]
    options = [f"--{name}={value}" for name, value in settings]
    environment = {**os.environ, "COUNTERSIGN_WORKSPACE": str(workspace.resolve())}
    command = [sys.executable, "-m", "streamlit", "run", found.origin, *options]
    sys.stdout.write(f"Countersign on http://{address}:{port}  (workspace {workspace.resolve()})\n")
    sys.stdout.flush()
    home = Path(found.origin).parent
    raise SystemExit(subprocess.run(command, env=environment, cwd=home, check=False).returncode)  # noqa: S603 - our own words only
