from . import (
    dependence_words as dependence_words,
)
from .methods.global_view import (
    to_table as to_table,
)
from .results.dependence import (
    Dependence as Dependence,
    Line as Line,
    Step as Step,
)
from .results.finite import (
    scored as scored,
)
from .results.interaction import (
    Interactions as Interactions,
)
from .results.paired import (
    ComparedImportance as ComparedImportance,
    compare_importance as compare_importance,
)
from .results.report import (
    Background as Background,
    Certificate as Certificate,
    Counterfactual as Counterfactual,
    Counterfactuals as Counterfactuals,
    GlobalExplanation as GlobalExplanation,
    Importance as Importance,
    LimeExplanation as LimeExplanation,
    LocalExplanation as LocalExplanation,
    Mistakes as Mistakes,
    ModelLimits as ModelLimits,
    Neighbour as Neighbour,
    Neighbours as Neighbours,
    ReasonCodes as ReasonCodes,
    Scale as Scale,
    Way as Way,
    WhatIf as WhatIf,
)
from .results.summary import (
    Sums as Sums,
    features as features,
    importance_of as importance_of,
    sample as sample,
    shade as shade,
)
from .sampling.by_sampling import (
    Budget as Budget,
)
from .sampling.leverage import (
    regress as regress,
)
from .sampling.sampled_shap import (
    Ask as Ask,
    enumerate_sets as enumerate_sets,
    permute as permute,
)
from .selection.by_stage import (
    way_and_reason as way_and_reason,
    way_of as way_of,
)
from .selection.proof import (
    NotExactError as NotExactError,
)
from .selection.select import (
    Chosen as Chosen,
    Wish as Wish,
    choose as choose,
)
from .spec import (
    METHODS as METHODS,
    Change as Change,
    ColumnGroup as ColumnGroup,
    CounterfactualParameters as CounterfactualParameters,
    DependenceParameters as DependenceParameters,
    GlobalParameters as GlobalParameters,
    InteractionParameters as InteractionParameters,
    LimeParameters as LimeParameters,
    LimitsParameters as LimitsParameters,
    LocalParameters as LocalParameters,
    NeighboursParameters as NeighboursParameters,
    ReasonParameters as ReasonParameters,
    WhatIfParameters as WhatIfParameters,
    Wording as Wording,
)
from .trees.tree_shap import (
    TreeShap as TreeShap,
)
from .wording import (
    read_wording as read_wording,
)
from .words import (
    floor as floor,
    how as how,
    no_reason as no_reason,
)
