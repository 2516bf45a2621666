"""`countersign serve`: start the app on a workspace."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from governance.cli.options import DEFAULT_WORKSPACE, WorkspaceOption
from governance.cli.output import INTERNAL, say, warn
from governance.evidence import RefusedInputError
from governance.settings import Server, require_guarded
from governance.workflow.workspace import configured

SAFE_SETTINGS: Final = (
    ("server.headless", "true"),
    ("server.enableAgentApi", "false"),
    ("server.fileWatcherType", "none"),
    ("client.showErrorDetails", "none"),
    ("client.toolbarMode", "minimal"),
    ("runner.enforceSerializableSessionState", "true"),
    ("runner.postScriptGC", "false"),
    ("browser.gatherUsageStats", "false"),
    ("server.maxUploadSize", "500"),
)
"""Given on the command line, so that no stray configuration file weakens them."""


_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - addresses that name no host; not bound to here
_PATIENCE_S: Final = 10.0
"""How long the app may take to end by itself."""


def serve(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the app; the configuration's, or 8501, when left out.")
    ] = None,
    address: Annotated[
        str,
        typer.Option(
            help="Address to listen on; others than this machine's need url and behind_proxy in countersign.toml."
        ),
    ] = "",
    local_files: Annotated[
        Path | None, typer.Option(help="Folder below which members may name files by path; off when left out.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="Name under which a proxy hands requests on; may be repeated.")
    ] = None,
) -> None:
    """Start the app and keep it running until interrupted."""
    found = importlib.util.find_spec("app")
    if found is None or found.origin is None:
        raise RefusedInputError("The app's main file is not installed.", "Install the project: pip install countersign")
    said = configured.settings_of(workspace.resolve()).server
    server = replace(said, address=address or said.address, port=port or said.port)
    require_guarded(server)
    home = Path(found.origin).parent
    options = [f"--{name}={value}" for name, value in _settings(server, home)]
    environment = {**os.environ, "COUNTERSIGN_WORKSPACE": str(workspace.resolve())}
    environment |= _opened(server, local_files, host or [])
    command = [sys.executable, "-m", "streamlit", "run", found.origin, *options]
    scheme = "https" if server.certificate else "http"
    say(
        f"Countersign on {server.url or f'{scheme}://{server.address}:{server.port}'}  (workspace {workspace.resolve()})"
    )
    code = _kept_running(command, environment, home)
    if code:
        warn(f"the app ended with code {code}; its own words are above.")
        raise typer.Exit(INTERNAL)


def _settings(server: Server, home: Path) -> tuple[tuple[str, str], ...]:
    """Return the settings of the screen library: the safe ones, where to listen, and the certificate."""
    tls = (("server.sslCertFile", server.certificate), ("server.sslKeyFile", server.key_file))
    return (
        *SAFE_SETTINGS,
        ("server.address", server.address),
        ("server.port", str(server.port)),
        ("theme.base", str(home / "assets" / "theme.toml")),
        *(tls if server.certificate else ()),
    )


def _opened(server: Server, local_files: Path | None, hosts: list[str]) -> dict[str, str]:
    """Return the variables that open what is closed otherwise; those that the environment brings along are closed.

    Raises:
        RefusedInputError: the folder of local files is none.
    """
    if local_files is not None and not local_files.is_dir():
        raise RefusedInputError(f"--local-files {str(local_files)!r} is no folder.", "Name a folder, or leave it out.")
    known = [*hosts, urlsplit(server.url).hostname or "", "" if server.address in _EVERYWHERE else server.address]
    return {
        "COUNTERSIGN_LOCAL_FILES": str(local_files.resolve()) if local_files else "",
        "COUNTERSIGN_HOSTS": ",".join(name for name in known if name),
        "COUNTERSIGN_PROXIES": ",".join(server.behind_proxy),
    }


def _kept_running(command: list[str], environment: dict[str, str], home: Path) -> int:
    """Return the exit code of the app; whatever ends this process ends the app with it."""
    child = subprocess.Popen(command, env=environment, cwd=home)  # noqa: S603 - our own words only
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
