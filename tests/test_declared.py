"""What is imported is declared: nothing of ours rests on what another package happens to bring along."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = {"app", "assets", "governance", "pages", "storage", "verify_rules"}
"""`verify_rules` is the name of governance/dossier/verify_rules.py beside the verifier in an export."""
INDIRECT = {"bcrypt"}
"""Imported by nobody here: cryptography needs it for OpenSSH key files."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


BESIDE = {path.stem for path in (ROOT / "governance" / "dossier").glob("verify_*.py")}
"""Parts of the verifier, which finds them beside itself when it travels alone."""


def imported() -> dict[str, str]:
    """Return each top-level module that is not Python's own or ours, with a file that imports it."""
    found: dict[str, str] = {}
    for path in [
        ROOT / "app.py",
        *(p for floor in ("governance", "storage", "pages") for p in (ROOT / floor).rglob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name: path.relative_to(ROOT).as_posix() for name in (item.partition(".")[0] for item in names)}
    return {name: path for name, path in found.items() if name not in {*sys.stdlib_module_names, *OURS, *BESIDE}}


def distributions(module: str) -> set[str]:
    """Return what brings a module; `google` is a namespace that several share, and only protobuf's is used."""
    if module == "google":
        return {"protobuf"}
    return {name.lower().replace("_", "-") for name in packages_distributions().get(module, [module])}


def declared() -> set[str]:
    extras = [item for items in PROJECT["optional-dependencies"].values() for item in items]
    return {name_of(item) for item in (*PROJECT["dependencies"], *extras)}


def test_every_import_is_a_declared_dependency() -> None:
    undeclared = {module: path for module, path in imported().items() if not distributions(module) & declared()}
    assert undeclared == {}


def test_every_dependency_is_imported() -> None:
    used = {name for module in imported() for name in distributions(module)} | INDIRECT
    assert {name_of(item) for item in PROJECT["dependencies"]} - used == set()
