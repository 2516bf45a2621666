"""Write the digests of all methods again; a result that changed while its version did not is refused."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from governance.runs import CATALOGUE  # noqa: E402
from tests import golden  # noqa: E402


def main() -> int:
    """Compute every digest, say what is new, and write the table unless a version has to be raised first."""
    before = golden.stored() if golden.TABLE.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        subject = golden.made(Path(folder))
        found = {
            spec.id: {"version": spec.version, "digest": golden.digest(spec, subject)}
            for spec in sorted(CATALOGUE, key=lambda spec: spec.id)
        }
    changed = [name for name, entry in found.items() if name in before and entry != before[name]]
    unraised = [name for name in changed if found[name]["version"] == before[name]["version"]]
    if unraised:
        sys.stderr.write(f"Raise `version` in the spec of {', '.join(unraised)} first: the results changed.\n")
        return 1
    golden.TABLE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} methods, changed: {', '.join(changed) or 'none'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
