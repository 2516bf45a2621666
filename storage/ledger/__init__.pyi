from . import (
    merkle as merkle,
    timestamp as timestamp,
)
from .authority import (
    SERVICE as SERVICE,
    objection as objection,
    takes_responsibility as takes_responsibility,
)
from .checkpoint import (
    Checkpoint as Checkpoint,
    read as read,
)
from .envelope import (
    Previous as Previous,
    PublicKey as PublicKey,
    Signer as Signer,
    Statement as Statement,
    Subject as Subject,
    pae as pae,
    seal as seal,
    subjects_or_ledger as subjects_or_ledger,
)
from .events import (
    EDITION as EDITION,
    HOUSE as HOUSE,
    SIGNERS as SIGNERS,
    checked_body as checked_body,
)
from .merkle import (
    inclusion_proof as inclusion_proof,
    leaf_hash as leaf_hash,
    root as root,
)
from .note import (
    COSIGNATURE as COSIGNATURE,
    ED25519 as ED25519,
    Note as Note,
    OpenedNote as OpenedNote,
    Signature as Signature,
    Verifier as Verifier,
    cosign as cosign,
    open_note as open_note,
    read_note as read_note,
    sign_note as sign_note,
)
from .record import (
    Record as Record,
    read_record as read_record,
    stored_bytes as stored_bytes,
    stored_record as stored_record,
)
from .timestamp import (
    names as names,
)
from .tlog_proof import (
    TlogProof as TlogProof,
)
from .verify import (
    Verdict as Verdict,
    verify_checkpoints as verify_checkpoints,
    verify_ledger as verify_ledger,
)
