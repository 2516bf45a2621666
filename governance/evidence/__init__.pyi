from .codec import (
    JsonValue as JsonValue,
    canonical as canonical,
    decode as decode,
    encode as encode,
    parse as parse,
    sha256 as sha256,
)
from .errors import (
    Cancelled as Cancelled,
    CountersignError as CountersignError,
    RecordError as RecordError,
    RefusedInputError as RefusedInputError,
    RuleError as RuleError,
    unknown_choice as unknown_choice,
)
from .evidence import (
    Dropped as Dropped,
    Evidence as Evidence,
    Finding as Finding,
    Input as Input,
    NotAssessed as NotAssessed,
    Progress as Progress,
    Rows as Rows,
    RunKey as RunKey,
    environment as environment,
    silent as silent,
)
from .lru import (
    Kept as Kept,
)
from .method_spec import (
    MethodSpec as MethodSpec,
    Need as Need,
)
from .phrases import (
    Escape as Escape,
    interval as interval,
    join as join,
    number as number,
    percent as percent,
    sentence_case as sentence_case,
)
from .report_line import (
    ReportLine as ReportLine,
)
from .streams import (
    Streams as Streams,
)
from .table_reading import (
    TableReading as TableReading,
)
from .toml_text import (
    toml_fields as toml_fields,
)
from .value_text import (
    levels_of as levels_of,
    text_of as text_of,
)
