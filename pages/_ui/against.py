"""Against: a second model or version beside the one that is looked at, on the same rows; its id stands in the address."""

from __future__ import annotations

from dataclasses import replace

from pages._ui import linked, workspace
from pages._ui.choices import Picked

NOBODY = "no other model"


def pick(picked: Picked) -> Picked | None:
    """Draw which other model stands beside the one that is looked at; return the subject of a comparison, None for none.

    Only models that can read the same data are offered.
    """
    if not picked.model:
        return None
    able = {
        item.digest: item.label
        for item in workspace.models()
        if item.digest != picked.model and any(picked.data == data.digest for data in workspace.data(item.digest))
    }
    if not able:
        return None
    chosen = linked.pick("Against", {"": NOBODY, **able}, name="versus")
    return replace(picked, reference="", candidate=chosen) if chosen else None
