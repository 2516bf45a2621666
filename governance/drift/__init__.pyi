from . import (
    words as words,
)
from .alerts.alerts import (
    Alert as Alert,
    AlertEvent as AlertEvent,
    Remedy as Remedy,
    Step as Step,
    advance as advance,
    due as due,
)
from .alerts.calibration import (
    SIGNS as SIGNS,
    Calibration as Calibration,
)
from .alerts.escalation import (
    SHOWN as SHOWN,
    Rung as Rung,
    rungs as rungs,
)
from .baseline.baseline import (
    freeze as freeze,
    tallies as tallies,
)
from .baseline.window import (
    pairs_of as pairs_of,
)
from .columns import (
    column_tests as column_tests,
)
from .columns.columns import (
    counted_pairs as counted_pairs,
    drift as drift,
)
from .columns.null_distribution import (
    Chance as Chance,
)
from .over_time.watch import (
    watched as watched,
)
from .performance import (
    cbpe as cbpe,
)
from .performance.group_changes import (
    by_group as by_group,
)
from .results.cost_estimate import (
    Costs as Costs,
)
from .results.group_drift import (
    GroupDrift as GroupDrift,
)
from .results.over_time import (
    By as By,
    GroupPoint as GroupPoint,
    OverTime as OverTime,
)
from .results.report import (
    Action as Action,
    CategoryPicture as CategoryPicture,
    ColumnDrift as ColumnDrift,
    Correction as Correction,
    Detection as Detection,
    Detector as Detector,
    DriftReport as DriftReport,
    DropParts as DropParts,
    ErrorStream as ErrorStream,
    Estimate as Estimate,
    EstimatedHarm as EstimatedHarm,
    GroupChange as GroupChange,
    Harm as Harm,
    MetricChange as MetricChange,
    Multivariate as Multivariate,
    NumericPicture as NumericPicture,
    PerformanceChange as PerformanceChange,
    Recommendation as Recommendation,
    Verdict as Verdict,
)
from .samples.density import (
    Density as Density,
    two_sample as two_sample,
)
from .samples.metrics import (
    measured_area as measured_area,
)
from .spec import (
    METHODS as METHODS,
    CalibrationParameters as CalibrationParameters,
    DriftParameters as DriftParameters,
    OverTimeParameters as OverTimeParameters,
)
from .windows_read import (
    compared as compared,
)
from .words import (
    ALERTS as ALERTS,
    VERDICTS as VERDICTS,
)
