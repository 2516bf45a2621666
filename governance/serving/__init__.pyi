from . import (
    derive_words as derive_words,
    schedule_words as schedule_words,
    words as words,
)
from .attest import (
    OK as OK,
    UNUSABLE as UNUSABLE,
    columns_of as columns_of,
)
from .bounds import (
    any_time as any_time,
    none_differs as none_differs,
)
from .challenge import (
    Challenge as Challenge,
    Limits as Limits,
    challenge_of as challenge_of,
    from_table as from_table,
    to_table as to_table,
)
from .derive_report import (
    DeriveReport as DeriveReport,
    GroupChange as GroupChange,
)
from .latency import (
    CLOSED as CLOSED,
    OPEN as OPEN,
)
from .latency_report import (
    LatencyReport as LatencyReport,
)
from .log import (
    asked_in as asked_in,
    logged_answers as logged_answers,
)
from .observation import (
    AnswersHead as AnswersHead,
    LanesHead as LanesHead,
    TimingHead as TimingHead,
    head_of as head_of,
    with_head as with_head,
)
from .paired_times import (
    TimeRatio as TimeRatio,
    time_ratios as time_ratios,
)
from .plan import (
    as_given as as_given,
)
from .plan_exact import (
    shortest as shortest,
)
from .report import (
    AttestReport as AttestReport,
    Coverage as Coverage,
)
from .schedule_report import (
    ScheduleReport as ScheduleReport,
)
from .spec import (
    METHODS as METHODS,
    Attest as Attest,
    Derive as Derive,
    Latency as Latency,
)
