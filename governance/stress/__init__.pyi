from . import (
    stage_words as stage_words,
    words as words,
)
from .corruption import (
    Corruption as Corruption,
)
from .kinds import (
    kind_list as kind_list,
)
from .objectives import (
    fitting as fitting,
)
from .pipeline import (
    pipeline_run as pipeline_run,
    pipeline_words as pipeline_words,
)
from .pipeline_report import (
    PipelineReport as PipelineReport,
    PipelineVariant as PipelineVariant,
)
from .plan_file import (
    Plan as Plan,
    read_plan as read_plan,
)
from .recipe import (
    Recipe as Recipe,
    read_recipe as read_recipe,
)
from .report import (
    AnyValue as AnyValue,
    AnyValueReport as AnyValueReport,
    Certificate as Certificate,
    Curve as Curve,
    Effect as Effect,
    HeldOut as HeldOut,
    Noticed as Noticed,
    NotRun as NotRun,
    ProposedCheck as ProposedCheck,
    ReasonShift as ReasonShift,
    ReasonsReport as ReasonsReport,
    Variant as Variant,
    VariantsReport as VariantsReport,
    Worst as Worst,
    WorstReport as WorstReport,
)
from .spec import (
    METHODS as METHODS,
    StressAnyValue as StressAnyValue,
    StressPipeline as StressPipeline,
    StressReasons as StressReasons,
    StressStages as StressStages,
    StressVariants as StressVariants,
    StressWorst as StressWorst,
)
from .stage_report import (
    StageCheck as StageCheck,
    StageResult as StageResult,
    StagesReport as StagesReport,
)
