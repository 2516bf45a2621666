from .brief_picture import (
    Picture as Picture,
)
from .bundle import (
    DisclosedText as DisclosedText,
    ReadLine as ReadLine,
    Source as Source,
    chosen as chosen,
    export_files as export_files,
    folder_name as folder_name,
    read_lines as read_lines,
    trust_file as trust_file,
    write_folder as write_folder,
    zip_bytes as zip_bytes,
)
from .copies import (
    dossiers as dossiers,
)
from .decision_brief import (
    Brief as Brief,
    Point as Point,
    brief as brief,
    pictured as pictured,
)
from .policy_words import (
    Measured as Measured,
    measured as measured,
)
from .report import (
    NOT_THE_RECORD as NOT_THE_RECORD,
)
from .saving import (
    remove as remove,
    write_export as write_export,
)
from .state_report import (
    model_report as model_report,
)
from .verify import (
    words as words,
)
from .verify_fields import (
    Refused as Refused,
    b64 as b64,
    need as need,
    read_canonical as read_canonical,
    read_json as read_json,
)
from .verify_files import (
    files as files,
)
from .verify_ledger import (
    FAULTS as FAULTS,
    Ledger as Ledger,
    forged as forged,
    opened as opened,
    reason as reason,
)
