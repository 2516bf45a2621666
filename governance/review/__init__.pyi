from . import (
    charter as charter,
    decision as decision,
    docket_words as docket_words,
    events as events,
    opening as opening,
    policy as policy,
    snapshot as snapshot,
)
from .admission import (
    require_id as require_id,
    require_member as require_member,
    require_text as require_text,
    require_tier as require_tier,
    require_word as require_word,
)
from .appeal import (
    MIN_PANEL as MIN_PANEL,
    allowed_outcomes as allowed_outcomes,
    heard as heard,
    panel as panel,
    to_sign as to_sign,
)
from .appeal_words import (
    AppealLine as AppealLine,
    appeal_line as appeal_line,
)
from .ballot import (
    Standing as Standing,
    in_force as in_force,
    standing as standing,
)
from .charter import (
    Charter as Charter,
    Tier as Tier,
)
from .conditions import (
    accept_hindrance as accept_hindrance,
)
from .decision import (
    dissent_of as dissent_of,
)
from .deliberation import (
    judges_alone as judges_alone,
    vote_hindrances as vote_hindrances,
)
from .docket import (
    Deadline as Deadline,
    Duty as Duty,
    Kind as Kind,
    deadlines as deadlines,
    waiting as waiting,
)
from .editions import (
    edition_of as edition_of,
)
from .events import (
    SERVICE as SERVICE,
    RequirementOutcome as RequirementOutcome,
)
from .fields import (
    AlertState as AlertState,
    Role as Role,
    text_ref as text_ref,
)
from .gate import (
    GateLine as GateLine,
    GateReport as GateReport,
    GateWaiver as GateWaiver,
    evaluate as evaluate,
    model_of as model_of,
)
from .machine import (
    apply as apply,
    replay as replay,
)
from .path import (
    Path as Path,
    holders as holders,
)
from .policy import (
    Policy as Policy,
    from_json as from_json,
    from_toml as from_toml,
)
from .roster import (
    is_chair as is_chair,
)
from .state import (
    DECIDED as DECIDED,
    BoardState as BoardState,
    Case as Case,
    ConditionStanding as ConditionStanding,
    Entry as Entry,
    entry_of as entry_of,
    frozen_item as frozen_item,
)
