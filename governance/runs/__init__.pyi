from . import (
    catalogue as catalogue,
    workers as workers,
)
from .catalogue import (
    CATALOGUE as CATALOGUE,
    method as method,
    said as said,
    title_of as title_of,
)
from .draft_contract import (
    draft as draft,
    expectation_of as expectation_of,
)
from .few_rows import (
    FEWEST as FEWEST,
    Preview as Preview,
    preview as preview,
)
from .parts import (
    explain_parts as explain_parts,
)
from .run import (
    DataFile as DataFile,
    Done as Done,
    ModelFile as ModelFile,
    RecordingFile as RecordingFile,
    Task as Task,
    assess as assess,
    execute as execute,
    missing_needs as missing_needs,
    open_data as open_data,
    open_model as open_model,
    open_recording as open_recording,
    read_array as read_array,
    with_predictions as with_predictions,
)
from .turns import (
    ClosedError as ClosedError,
    Hand as Hand,
    Turn as Turn,
    Turns as Turns,
)
from .worker_process import (
    Deadline as Deadline,
    WorkerEndedError as WorkerEndedError,
)
from .workers import (
    FileProgress as FileProgress,
    Step as Step,
    ask_to_stop as ask_to_stop,
    executor as executor,
    live as live,
    read_step as read_step,
)
