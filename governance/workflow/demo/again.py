"""The demonstration made anew: what visitors did to it is put away, and no other workspace is ever touched."""

from __future__ import annotations

import tempfile
from pathlib import Path

from governance.evidence import Progress, RefusedInputError, silent
from governance.workflow.demo import demo
from governance.workflow.demo.cast import passphrase_on_screen
from governance.workflow.workspace import current_workspace
from storage import Workspace


def make_anew(root: Path, progress: Progress = silent) -> Workspace:
    """Make the demonstration again beside the one in `root`, put it in its place, and return it.

    The old one stays until the new one is whole. An app that serves the old one has to be started again.

    Raises:
        RefusedInputError: what lies in `root` is no demonstration.
    """
    place = root.resolve()
    _require_demonstration(place)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as folder:
        fresh, old = Path(folder) / "new", Path(folder) / "old"
        demo.build(fresh, progress).close()
        place.rename(old)
        try:
            fresh.rename(place)
        except OSError:
            old.rename(place)
            raise
    return Workspace.open(place)


def _require_demonstration(place: Path) -> None:
    if not current_workspace.exists(place):
        raise RefusedInputError(
            f"There is no workspace in {place}.", "Leave --reset out to make the demonstration there."
        )
    with Workspace.open(place) as found:
        if not passphrase_on_screen(found):
            raise RefusedInputError(
                f"The workspace in {place} is no demonstration.",
                "Only a demonstration is made anew; this one stays as it is.",
            )
