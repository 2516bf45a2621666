"""A PostgreSQL server for the tests, started in a folder of its own where the programs are installed."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def tool(name: str) -> str | None:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or next((str(home / name) for home in homes if (home / name).is_file()), None)


def as_somebody_else() -> list[str] | None:
    """Return the prefix under which a server may run: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    known = {item.pw_name for item in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in known), None)
    runuser = shutil.which("runuser")
    return [runuser, "-u", user, "--"] if runuser and user else None


@contextmanager
def running() -> Iterator[str]:
    """Give the address of a server that listens on a socket in a folder of its own; skip the test where none is installed."""
    initdb, control, prefix = tool("initdb"), tool("pg_ctl"), as_somebody_else()
    if not (initdb and control and prefix is not None and importlib.util.find_spec("psycopg")):
        pytest.skip("no PostgreSQL server or no psycopg here: the shared database was not tested")
    with tempfile.TemporaryDirectory(prefix="countersign-pg-", ignore_cleanup_errors=True) as place:
        home = Path(place)
        home.chmod(0o777)

        def run(*command: str) -> None:
            subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=home, timeout=60)

        run(initdb, "-D", str(home / "data"), "-U", "countersign", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off"
        run(control, "-D", str(home / "data"), "-l", str(home / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://countersign@/postgres?host={home}"
        finally:
            run(control, "-D", str(home / "data"), "-m", "immediate", "stop")
