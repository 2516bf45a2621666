from .client import (
    Claims as Claims,
    Client as Client,
)
from .endpoint import (
    Endpoint as Endpoint,
    Secrets as Secrets,
)
from .rest_line import (
    Line as Line,
    LineError as LineError,
    UnusableError as UnusableError,
)
