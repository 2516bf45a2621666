from . import (
    acting as acting,
    clock as clock,
    clock_confirmed as clock_confirmed,
    cohorts as cohorts,
    configured as configured,
    current_workspace as current_workspace,
    dictionaries as dictionaries,
    runs as runs,
    seats as seats,
    snapshots as snapshots,
    subjects as subjects,
)
from .act import (
    BrokenRecordError as BrokenRecordError,
    Make as Make,
    acts as acts,
    append as append,
    entry as entry,
    remark as remark,
    state as state,
    state_inside as state_inside,
)
from .acting import (
    GUEST as GUEST,
    OPERATOR as OPERATOR,
    Acting as Acting,
    require_act as require_act,
    require_number as require_number,
)
from .clock import (
    now as now,
)
from .identity import (
    fresh as fresh,
    slug as slug,
)
from .subjects import (
    Choice as Choice,
)
