from . import (
    attestation as attestation,
    deployments as deployments,
    measure as measure,
    under_way as under_way,
)
from .attestation import (
    Asked as Asked,
    Attested as Attested,
)
from .deployments import (
    Deployment as Deployment,
)
from .measure import (
    Load as Load,
)
