from .reach import (
    is_loopback as is_loopback,
    open_points as open_points,
    require_guarded as require_guarded,
)
from .secret import (
    Secret as Secret,
)
from .settings import (
    Database as Database,
    Keys as Keys,
    Server as Server,
    Settings as Settings,
    from_toml as from_toml,
)
