from . import (
    dictionary as dictionary,
    file_kind as file_kind,
)
from .cohort import (
    Comparison as Comparison,
    Condition as Condition,
    Every as Every,
    IsMissing as IsMissing,
    Membership as Membership,
    Some as Some,
    columns_of as columns_of,
    condition_text as condition_text,
    parse as parse,
)
from .cohort_builder import (
    OF_NAMES as OF_NAMES,
    OF_NUMBERS as OF_NUMBERS,
    Asked as Asked,
    built as built,
)
from .cohort_mask import (
    mask as mask,
)
from .dictionary import (
    ColumnWords as ColumnWords,
    Dictionary as Dictionary,
    spoken as spoken,
    spoken_rows as spoken_rows,
)
from .file_kind import (
    digest_of as digest_of,
    kind_of as kind_of,
)
from .first_look import (
    TableLook as TableLook,
    look_at as look_at,
)
from .frame import (
    frame_of as frame_of,
)
from .in_memory import (
    InMemory as InMemory,
    from_table as from_table,
)
from .profile import (
    ColumnProfile as ColumnProfile,
    kind_of_column as kind_of_column,
)
from .public import (
    PUBLIC as PUBLIC,
    PublicSet as PublicSet,
    fetch as fetch,
)
from .reader import (
    csv_to_parquet as csv_to_parquet,
    detect_csv as detect_csv,
)
from .reading import (
    MISSING as MISSING,
    CsvReading as CsvReading,
)
from .spec import (
    METHODS as METHODS,
)
from .spellings import (
    Spelled as Spelled,
    spelled as spelled,
)
from .spreadsheet import (
    harmless as harmless,
    safe_cell as safe_cell,
)
from .suggest import (
    Role as Role,
)
from .table import (
    ParquetDataset as ParquetDataset,
    check_parquet as check_parquet,
    open_dataset as open_dataset,
)
