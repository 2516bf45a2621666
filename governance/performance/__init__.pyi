from . import (
    compare_words as compare_words,
    segment_words as segment_words,
    words as words,
)
from .compare_report import (
    ComparedMeasure as ComparedMeasure,
    ComparisonReport as ComparisonReport,
)
from .constant_answer import (
    ReferenceAnswer as ReferenceAnswer,
    reference_answer as reference_answer,
)
from .cumulative_gains import (
    Gain as Gain,
    gains as gains,
)
from .report import (
    BinaryReport as BinaryReport,
    ClassReport as ClassReport,
    Confusion as Confusion,
    Measure as Measure,
    MulticlassReport as MulticlassReport,
    PerformanceReport as PerformanceReport,
    RegressionReport as RegressionReport,
    ThresholdCurve as ThresholdCurve,
)
from .segment_report import (
    ErrorNode as ErrorNode,
    LeftOut as LeftOut,
    Segment as Segment,
    SegmentsReport as SegmentsReport,
)
from .spec import (
    METHODS as METHODS,
    ComparePerformance as ComparePerformance,
    Segments as Segments,
)
