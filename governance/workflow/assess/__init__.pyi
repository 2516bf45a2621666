from . import (
    assess as assess,
    fold as fold,
    mitigate as mitigate,
    standard as standard,
    under_way as under_way,
)
from .assess import (
    Recorded as Recorded,
)
from .files import (
    recorded as recorded,
)
from .replay import (
    Replayed as Replayed,
)
