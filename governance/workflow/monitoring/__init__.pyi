from . import (
    alerts as alerts,
    calibrate as calibrate,
    contract as contract,
    loop as loop,
    norms as norms,
    propose as propose,
    remedies as remedies,
    remedy as remedy,
    watch as watch,
)
from .alerts import (
    Noted as Noted,
)
from .contract import (
    Version as Version,
)
from .deliver import (
    Delivery as Delivery,
    Mailbox as Mailbox,
    Security as Security,
    Target as Target,
    Webhook as Webhook,
)
from .loop import (
    LoopStanding as LoopStanding,
)
from .model_history import (
    Event as Event,
    chronicle as chronicle,
)
from .notice import (
    about as about,
)
from .notice_check import (
    check as check,
)
from .propose import (
    Proposal as Proposal,
    Proposed as Proposed,
)
from .remedies import (
    WORDS as WORDS,
    Taken as Taken,
    ignoring as ignoring,
)
from .timeline import (
    Standing as Standing,
)
from .watch import (
    Watched as Watched,
)
