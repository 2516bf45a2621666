"""What the product knows: pure rooms, the verbs that join them, the command line, and a door for Python.

    import governance as gov

    gov.fairness_by_group(y_true, y_pred, sensitive_features=people["sex"])

The names of the door are imported when they are first used, so that `import governance` alone costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from governance.api import (
        check_quality,
        compare_windows,
        explain_model,
        explain_row,
        fairness_by_group,
        measure_performance,
        verify,
    )
    from governance.evidence import CountersignError, NotAssessed
    from governance.notebook import Result, Verification
    from governance.subject import Schema

__all__ = [
    "CountersignError",
    "NotAssessed",
    "Result",
    "Schema",
    "Verification",
    "check_quality",
    "compare_windows",
    "explain_model",
    "explain_row",
    "fairness_by_group",
    "measure_performance",
    "verify",
]

_HOMES = {
    "CountersignError": "governance.evidence.errors",
    "NotAssessed": "governance.evidence.evidence",
    "Result": "governance.notebook.result",
    "Schema": "governance.subject.schema",
    "Verification": "governance.notebook.result",
}
"""Where a name lives that is not a function of `governance.api`."""


def __getattr__(name: str) -> Any:
    """Import a name of the door when it is first used (PEP 562). None of them is the name of a room, which would hide it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "governance.api")), name)


def __dir__() -> list[str]:
    """Return the names of the door beside those of the module."""
    return sorted({*globals(), *__all__})
