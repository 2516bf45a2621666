"""A member names a server in the browser and asks it: first the approved model answers, then another one, and the alert is confirmed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import onnx
import pytest
from playwright.sync_api import Browser, expect

from governance.models.predict.predictor import OnnxPredictor
from governance.workflow.monitoring import alerts
from governance.workflow.workspace import current_workspace, subjects
from tests.e2e import steps
from tests.e2e.driving import RunningApp, follow, settle
from tests.remote.double import Served, serving

pytestmark = pytest.mark.e2e
MINUTES = 240_000


def swapped(model: OnnxPredictor) -> OnnxPredictor:
    """Return the model with all its leaves or coefficients a little larger."""
    copy = onnx.load_from_string(model.file)
    for node in copy.graph.node:
        for item in node.attribute:
            if item.name in {"class_weights", "target_weights", "coefficients"}:
                item.floats[:] = [value * 1.01 for value in item.floats]
    return OnnxPredictor(copy.SerializeToString(), model.signature)


def test_a_member_asks_a_server_and_a_swapped_model_is_found(browser: Browser, demo: RunningApp) -> None:
    place = current_workspace.current(demo.workspace)
    first = place.read().models()[0]
    file = subjects.model_file(place, first.digest)
    approved = OnnxPredictor(Path(file.path), file.signature, file.digest)
    served = Served(approved)
    page = steps.sit_down(browser, demo.address, "Demo model owner")
    with serving(served) as address:
        follow(page, "Deployments")
        steps.pick(page, "Model", f"{first.name} {first.version}")
        steps.fill(page, "Id", "branch")
        steps.fill(page, "Address", address)
        steps.fill(page, "Name of the model at the server", "credit")
        steps.press(page, "Register")
        expect(page.get_by_text("1 place is registered")).to_be_visible()
        label = quote(f"{first.name} {first.version} ({first.digest[:8]})")
        steps.go(page, f"{demo.address}/serving?model={label}")
        steps.press(page, "Ask it now")
        expect(page.get_by_text("the answers are the approved model's")).to_be_visible(timeout=MINUTES)
        other = swapped(approved)
        served.turns = lambda _: other
        settle(page)
        steps.press(page, "Ask it now")
        expect(page.get_by_text("another model answers").first).to_be_visible(timeout=MINUTES)
    confirmed = [item for item in alerts.history(place, first.digest) if item.rule == "served"]
    assert [item.state for item in confirmed] == ["observed", "confirmed"]
    page.context.close()
