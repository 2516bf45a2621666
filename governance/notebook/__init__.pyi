from .inputs import (
    Data as Data,
    Model as Model,
    Roles as Roles,
    Table as Table,
    Values as Values,
    predictor_of as predictor_of,
    table_of as table_of,
)
from .labels import (
    Labelled as Labelled,
    Meaning as Meaning,
    labelled as labelled,
    with_groups as with_groups,
)
from .result import (
    Result as Result,
    Verification as Verification,
)
