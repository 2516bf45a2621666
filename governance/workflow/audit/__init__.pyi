from . import (
    checking as checking,
    dossier as dossier,
    export as export,
    full_check as full_check,
    keys as keys,
    ledger_check as ledger_check,
    restoring as restoring,
    witnesses as witnesses,
)
from .auditor_inputs import (
    check_inputs as check_inputs,
)
from .checking import (
    check as check,
)
