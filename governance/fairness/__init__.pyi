from . import (
    norms as norms,
    thresholds as thresholds,
    words as words,
)
from .candidates import (
    ALGORITHMS as ALGORITHMS,
    CONSTRAINTS as CONSTRAINTS,
    TITLES as TITLES,
    Algorithm as Algorithm,
    Candidate as Candidate,
    Constraint as Constraint,
    MitigationReport as MitigationReport,
)
from .disparity import (
    Question as Question,
    families as families,
)
from .local_law_144 import (
    public_summary as public_summary,
    published as published,
)
from .local_law_144.published import (
    check as check,
)
from .norms.audit import (
    audit as audit,
)
from .norms.counts_table import (
    windows_of as windows_of,
)
from .norms.fitting import (
    corrections as corrections,
)
from .norms.norm import (
    Norm as Norm,
    NormSet as NormSet,
)
from .norms.patch_report import (
    PatchCandidate as PatchCandidate,
    PatchParameters as PatchParameters,
    PatchReport as PatchReport,
)
from .norms.regret import (
    Regret as Regret,
)
from .norms.report import (
    Accused as Accused,
    NormReport as NormReport,
    NormsParameters as NormsParameters,
    NormState as NormState,
    Uncounted as Uncounted,
)
from .norms.series import (
    Window as Window,
    window as window,
)
from .norms.tally import (
    WindowTally as WindowTally,
)
from .report import (
    CellCheck as CellCheck,
    CompareReport as CompareReport,
    Disparity as Disparity,
    FairnessReport as FairnessReport,
    Frontier as Frontier,
    GroupCurve as GroupCurve,
    GroupResult as GroupResult,
    ImpactReport as ImpactReport,
    ImpactTable as ImpactTable,
    Limits as Limits,
    MetricValue as MetricValue,
    Polarity as Polarity,
    SweepReport as SweepReport,
    Unknown as Unknown,
)
from .search import (
    certify as certify,
    finished as finished,
    leaderboard as leaderboard,
)
from .search.finished_report import (
    AuditedModel as AuditedModel,
    FinishedParameters as FinishedParameters,
    FinishedReport as FinishedReport,
)
from .search.report import (
    LEARNERS as LEARNERS,
    Enough as Enough,
    SearchParameters as SearchParameters,
    SearchReport as SearchReport,
)
from .spec import (
    METHODS as METHODS,
    ByGroup as ByGroup,
    Compare as Compare,
    ImpactRatio as ImpactRatio,
    Rethreshold as Rethreshold,
    Retrain as Retrain,
)
from .thresholds import (
    AtThreshold as AtThreshold,
)
from .words import (
    CHANGES as CHANGES,
    VERDICTS as VERDICTS,
    WorseOff as WorseOff,
    compared as compared,
    harm as harm,
)
