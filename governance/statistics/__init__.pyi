from . import (
    metric_list as metric_list,
    proportions as proportions,
    rates as rates,
)
from .auc import (
    METHOD as METHOD,
    auc_of_rows as auc_of_rows,
)
from .bootstrap import (
    redrawn_counts as redrawn_counts,
    redrawn_sums as redrawn_sums,
)
from .calibration import (
    calibration_error as calibration_error,
)
from .correction import (
    adjust as adjust,
    adjusted_questions as adjusted_questions,
    spent as spent,
    weighted_holm as weighted_holm,
)
from .counts import (
    Cells as Cells,
    coded as coded,
    count as count,
    gathered as gathered,
    tally as tally,
)
from .estimates import (
    Estimates as Estimates,
    counted as counted,
    of_cells as of_cells,
)
from .groups import (
    Attribute as Attribute,
    Codes as Codes,
    attributes as attributes,
    combined as combined,
    named as named,
    positions as positions,
)
from .intervals import (
    clopper_pearson as clopper_pearson,
    critical as critical,
    mover_difference as mover_difference,
    mover_mean as mover_mean,
    mover_ratio as mover_ratio,
    newcombe as newcombe,
    normal_p_value as normal_p_value,
    ratio_interval as ratio_interval,
    score_p_value as score_p_value,
    wilson as wilson,
)
from .means import (
    mean_of as mean_of,
    student_interval as student_interval,
)
from .metric import (
    FN as FN,
    FP as FP,
    TN as TN,
    TP as TP,
    Direction as Direction,
    Family as Family,
    Metric as Metric,
    Polarity as Polarity,
)
from .metric_names import (
    amount as amount,
    is_share as is_share,
    lowered as lowered,
    spoken as spoken,
    title as title,
)
from .paired import (
    mcnemar as mcnemar,
    paired_change as paired_change,
)
from .proportions import (
    two_shares as two_shares,
)
from .rates import (
    known as known,
    of_counts as of_counts,
    rate as rate,
    shares_of_rows as shares_of_rows,
    total as total,
    value as value,
)
