from .po_file import (
    Catalogue as Catalogue,
    catalogue as catalogue,
    read as read,
)
from .voice import (
    ENGLISH as ENGLISH,
    LANGUAGES as LANGUAGES,
    Language as Language,
    Voice as Voice,
    known as known,
    mark as mark,
    speaking as speaking,
)
