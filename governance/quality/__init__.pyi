from . import (
    check_list as check_list,
    checks as checks,
    expectation as expectation,
    words as words,
)
from .audit import (
    benchmark as benchmark,
)
from .audit_report import (
    AuditReport as AuditReport,
    BenchmarkShare as BenchmarkShare,
    GroupAudit as GroupAudit,
    LabelRate as LabelRate,
    Member as Member,
)
from .checks import (
    baseline as baseline,
)
from .expectation import (
    Expectation as Expectation,
    Expectations as Expectations,
)
from .expectations import (
    formats as formats,
    great_expectations as great_expectations,
    pandera_schema as pandera_schema,
)
from .expectations.edit import (
    Row as Row,
    from_rows as from_rows,
    rows_of as rows_of,
)
from .report import (
    Check as Check,
    CheckOutcome as CheckOutcome,
    QualityReport as QualityReport,
)
from .spec import (
    METHODS as METHODS,
    AuditParameters as AuditParameters,
    Contract as Contract,
    ContractParameters as ContractParameters,
    QualityParameters as QualityParameters,
)
from .summary import (
    TableSummary as TableSummary,
    plan as plan,
    summarise_chunk as summarise_chunk,
    summary_of as summary_of,
)
from .words import (
    label_of as label_of,
    label_value as label_value,
    question_of as question_of,
    represented as represented,
)
