from .answers import (
    AnswersJob as AnswersJob,
)
from .apart import (
    captured as captured,
)
from .challenge import (
    ChallengeJob as ChallengeJob,
)
from .lanes import (
    LanesJob as LanesJob,
)
from .pairs import (
    PairJob as PairJob,
)
from .timing import (
    TimingJob as TimingJob,
)
