from .answers import (
    AnswersJob as AnswersJob,
)
from .apart import (
    captured as captured,
)
from .challenge import (
    ChallengeJob as ChallengeJob,
)
from .timing import (
    TimingJob as TimingJob,
)
