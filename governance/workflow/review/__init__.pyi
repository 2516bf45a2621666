from . import (
    after_decision as after_decision,
    appeals as appeals,
    brief as brief,
    founding as founding,
    gate as gate,
    members as members,
    model_profile as model_profile,
    portfolio as portfolio,
    reopening as reopening,
    requests as requests,
    review as review,
    since as since,
)
from .gate import (
    case_report as case_report,
    changed_lines as changed_lines,
)
from .since import (
    Change as Change,
)
