from .agenda import (
    Agenda as Agenda,
    Item as Item,
    agenda_of as agenda_of,
)
from .calendar_file import (
    Event as Event,
    ics as ics,
)
from .digest import (
    message as message,
)
from .mail_server import (
    CONFIGURED as CONFIGURED,
    MailServer as MailServer,
    configured as configured,
    from_toml as from_toml,
)
from .sending import (
    Reminded as Reminded,
    Sent as Sent,
    calendar_of as calendar_of,
    send as send,
    sent as sent,
)
from .wishes import (
    Wish as Wish,
    all_wishes as all_wishes,
    ask as ask,
    stop as stop,
    wish_of as wish_of,
)
