"""Home, the docket: what waits for me."""

from __future__ import annotations

from pages._ui import empty, sentence, state

# subject
visitor = state.visitor()
sentence.page("Docket", "What waits for me?")

# draw
empty.state(
    "This workspace is empty.",
    "Nothing has been registered yet. Open the demo to look around, or register your own model.",
    page="register",
    label="Register your model",
)
