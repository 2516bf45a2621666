from . import (
    log as log,
)
from .aids import (
    Aids as Aids,
)
from .attempts import (
    failures as failures,
)
from .backup import (
    Copied as Copied,
    PutBack as PutBack,
    back_up as back_up,
    put_back as put_back,
)
from .engine import (
    open_engine as open_engine,
    reading as reading,
    writing as writing,
)
from .entities import (
    Aid as Aid,
    CaseFile as CaseFile,
    Comment as Comment,
    ConditionState as ConditionState,
    Decision as Decision,
    Head as Head,
    Key as Key,
    Member as Member,
    RawEntry as RawEntry,
    RecordedEvidence as RecordedEvidence,
    RegisteredDataset as RegisteredDataset,
    RegisteredModel as RegisteredModel,
    Run as Run,
    Vote as Vote,
)
from .keys import (
    checked_passphrase as checked_passphrase,
)
from .log import (
    SignedCheckpoint as SignedCheckpoint,
)
from .place import (
    DATABASE as DATABASE,
    founded as founded,
    put_in_place as put_in_place,
)
from .processes import (
    alive as alive,
    is_of_this_machine as is_of_this_machine,
    mark as mark,
    owner_token as owner_token,
    process_token as process_token,
)
from .projections import (
    contents as contents,
    rebuild as rebuild,
)
from .scratch import (
    sweep as sweep,
    sweep_outside as sweep_outside,
    work_inside as work_inside,
)
from .secret_file import (
    secret_text as secret_text,
)
from .texts import (
    Disclosed as Disclosed,
)
from .unit_of_work import (
    UnitOfWork as UnitOfWork,
)
from .views import (
    Views as Views,
)
from .witness import (
    Witness as Witness,
    proof_from_lines as proof_from_lines,
)
from .workspace import (
    Workspace as Workspace,
)
