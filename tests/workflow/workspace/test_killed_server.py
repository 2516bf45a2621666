"""A server that is killed while members sign: what it had acknowledged is there, whole, and the next one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from governance.review import charter
from governance.workflow.review import members
from governance.workflow.workspace import act
from storage.workspace import Workspace
from tests.workflow.people import secret

ROOT = Path(__file__).parents[3]

SERVER = """
import sys
from pathlib import Path
from governance.review import charter, events
from governance.workflow.workspace import act, current_workspace

place = current_workspace.current(Path(sys.argv[1]))
signer = place.unlock("ines", sys.argv[2])
mine = charter.from_toml(charter.template())
while True:
    index = act.act(place, lambda *_: events.CharterAdopted(mine.digest, mine.to_json()), signer=signer)
    print(index, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.01, 0.03])
def test_no_signed_act_that_was_acknowledged_is_lost_and_none_is_half_there(
    workspace: Workspace, tmp_path: Path, delay: float
) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, str(script), str(workspace.root), secret("ines")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with server:
        assert server.stdout is not None
        said = [int(server.stdout.readline()) for _ in range(3)]
        time.sleep(delay)
        server.kill()
        said += [int(line) for line in server.stdout.read().splitlines()]
    entries = workspace.read().entries(types=("charter.adopted",))
    mine = [item.index for item in entries if item.actor == "ines"]
    assert set(said) <= set(mine)
    assert len(mine) - len(said) <= 2, "the first one of the founding, and at most one that it had no time to tell"
    assert workspace.verify().valid
    assert act.state(workspace).charter is not None
    members.adopt_charter(workspace, charter.from_toml(charter.template()), member="jonas", passphrase=secret("jonas"))
    assert workspace.verify().valid
