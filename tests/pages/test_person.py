"""Editing one person's values: what is asked follows the fields, and the charts keep their place."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from governance.evidence.codec import encode
from governance.evidence.evidence import Evidence, Rows, RunKey, environment
from governance.explain.spec import Change, WhatIfParameters
from governance.runs.run import Done
from pages._ui import attributions
from tests.pages.test_explanation_charts import EDITED, LOCAL

QUESTION = object()


def page() -> None:
    import pandas as pd

    from pages.explore.person import person
    from tests.pages.test_explanation_charts import LOCAL

    frame = pd.DataFrame({"a": [1.0, 2.0], "b:c": pd.Series(["x", "y"], dtype="category"), "d": [2, 7]})
    person.what_if(None, LOCAL, frame)  # type: ignore[arg-type]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[WhatIfParameters]:
    """The questions that the page asks; the answer leaves the range of the background once `a` is above 100."""
    found: list[WhatIfParameters] = []

    def begin(question: object, parameters: Any) -> Future[Done]:
        assert question is QUESTION
        found.append(parameters)
        far = any(change.column == "a" and change.value and float(change.value) > 100 for change in parameters.changes)
        result = replace(EDITED, outside_background=far)
        key = RunKey("explain.what_if", 1, (), "", {}, {}, 0)
        answer: Future[Done] = Future()
        answer.set_result(Done(Evidence(key, Rows(1, 1), environment(), encode(result)), {}))
        return answer

    monkeypatch.setattr(attributions, "question", lambda *_: QUESTION)
    monkeypatch.setattr(attributions, "begin", begin)
    return found


def charts(block: Any, above: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Where the charts stand on the page: the browser keeps a chart that stands where it stood."""
    found = [] if block.type != "vega_lite_chart" else [above]
    for at, item in getattr(block, "children", {}).items():
        found += charts(item, (*above, at))
    return found


def test_what_is_asked_follows_the_fields(asked: list[WhatIfParameters]) -> None:
    drawn = AppTest.from_function(page, default_timeout=60).run()
    assert not drawn.exception
    assert asked[-1] == WhatIfParameters(LOCAL.row, (), target=LOCAL.target)
    assert [item.label for item in (*drawn.number_input, *drawn.selectbox)] == ["a", "d", "b:c"]
    drawn.number_input(key="edit-0-0").set_value(2.5).run()
    drawn.selectbox(key="edit-0-1").set_value("y").run()
    assert asked[-1].changes == (Change("a", "2.5"), Change("b:c", "y"))
    drawn.number_input(key="edit-0-0").set_value(1.0).run()
    drawn.selectbox(key="edit-0-1").set_value("x").run()
    assert asked[-1].changes == ()
    assert not drawn.exception


def test_charts_stay_where_they_are_when_a_value_leaves_the_range(asked: list[WhatIfParameters]) -> None:
    drawn = AppTest.from_function(page, default_timeout=60).run()
    before = charts(drawn.main)
    assert len(before) == 2
    assert not [item for item in drawn.caption if "leaves the range" in item.value]
    drawn.number_input(key="edit-0-0").set_value(500.0).run()
    assert [item for item in drawn.caption if "leaves the range" in item.value]
    assert charts(drawn.main) == before
