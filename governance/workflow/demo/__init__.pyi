from . import (
    demo_making as demo_making,
)
from .again import (
    make_anew as make_anew,
)
from .cast import (
    CAST as CAST,
    PASSPHRASE as PASSPHRASE,
    passphrase_on_screen as passphrase_on_screen,
)
from .demo import (
    build as build,
)
